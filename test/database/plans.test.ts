import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import type { Prisma } from '../../src/database/generated/client.ts'
import { allowsGenericPlan } from '../../src/database/statements/preparedStatements.ts'
import {
  countPagesRead,
  countRowsRead,
  explainAsText,
  explainPlan,
  explainPreparedPlan,
  getScans,
  keepsPlan,
  type Plan,
} from '../support/plans.ts'
import { now, seedGrowingData, type Tenant } from '../support/seedGrowingData.ts'
import { createRecordingServer } from '../support/statementRecorder.ts'
import { openTestDatabase } from '../support/testDatabase.ts'
import { type Question, questions } from './statements.ts'

// How the database carries out the statements that the server really sends, on a project and on one of ten times its size: by which
// indexes, and how much it reads for that. What it does on the larger one is kept under the path of the file that says the statement, in
// test/database/plans/**. To keep a new statement's plan, add a question; `npm run test:slow -- test/database/plans.test.ts -u` renews them all.

const src = join(import.meta.dirname, '../../src')
const plans = join(import.meta.dirname, 'plans')
/** On another version of PostgreSQL than the embedded one, plans may look a little different. */
const embedded = inject('archive') !== ''

const { db, pubSub } = await openTestDatabase()
const { small, large } = await seedGrowingData(db)
const run = createRecordingServer({ db, pubSub, transactionSlots: null }, now)

/** Every statement that was sent for a question. */
const heard = new Set<string>()

/** How a question's statement is carried out for a tenant. */
async function explain(question: Question, tenant: Tenant) {
  const cursor = question.cursorFrom && (await run(tenant.key, question.cursorFrom(tenant))).data.list.pageInfo.endCursor
  const operation = question.operation(tenant, cursor)
  const { errors, statements } = await run(question.refused ? tenant.otherKey : tenant.key, operation)
  if ((errors === undefined) === (question.refused ?? false)) throw new Error(`${operation}: ${JSON.stringify(errors)}`)
  for (const { sql } of statements) heard.add(sql)

  const [statement, another] = statements.filter(
    ({ sql }) => question.says.every((part) => sql.includes(part)) && !question.saysNot?.some((part) => sql.includes(part)),
  )
  if (statement === undefined || another !== undefined) throw new Error(`Not one statement is meant by '${question.asks}': ${operation}`)
  const prepared = isPrepared(statement) ? measured(await explainPreparedPlan(db, statement)) : null
  return { statement, prepared, ...measured(await explainPlan(db, statement)) }
}

/** Whether the server may keep a statement prepared (src/database/statements/preparedStatements.ts), which it does on PostgreSQL. */
const isPrepared = ({ sql }: Prisma.Sql) => !embedded && allowsGenericPlan(sql)

function measured(plan: Plan) {
  const scans = getScans(plan)
  return {
    reads: countRowsRead(plan),
    pages: countPagesRead(plan),
    indexes: [...new Set(scans.flatMap((scan) => scan['Index Name'] ?? []))].sort(),
    wholeTables: scans.filter((scan) => scan['Node Type'] === 'Seq Scan').map((scan) => scan['Relation Name']),
  }
}

const answers: { question: Question; few: Awaited<ReturnType<typeof explain>>; many: Awaited<ReturnType<typeof explain>> }[] = []
for (const question of questions) answers.push({ question, few: await explain(question, small), many: await explain(question, large) })

describe.each(answers)('$question.source: $question.asks', ({ question: { indexes, cost, plannedAgain }, few, many }) => {
  it('uses its indexes, and reads no table as a whole', () => {
    for (const { wholeTables, indexes: used } of [few, many]) {
      expect(wholeTables).toEqual([])
      expect(used).toEqual([...indexes].sort())
    }
  })

  it.runIf(isPrepared(few.statement))('reads no more when it is prepared for any values', () => {
    expect([few.prepared?.wholeTables, many.prepared?.wholeTables]).toEqual([[], []])
    if (!('reads' in cost)) return
    expect(few.prepared?.reads).toBeLessThanOrEqual(cost.reads)
    expect(many.prepared?.reads).toBe(few.prepared?.reads)
  })

  it.runIf(isPrepared(few.statement) && plannedAgain === undefined)('is not planned again for each request', async () => {
    expect(await keepsPlan(db, many.statement)).toBe(true)
  })

  if ('reads' in cost) {
    it('reads the same where there is ten times as much', () => {
      expect(few.reads).toBeLessThanOrEqual(cost.reads)
      expect(many.reads).toBe(few.reads)
      // What an index throws away by itself is in no row count, but in the pages. Those may be more by what its tree is deeper.
      expect(many.pages).toBeLessThanOrEqual(2 * few.pages + 4)
    })
  } else {
    it('reads no more than ten times as much where there is ten times as much', () => {
      // How many rows a filter meets before it has a page depends a little on how they are spread.
      expect(many.reads).toBeLessThanOrEqual(11 * few.reads)
      // Rows that are neighbours in an index share a page by chance, more often where there are few. On PostgreSQL, it also depends on which
      // pages were vacuumed meanwhile.
      expect(many.pages).toBeLessThanOrEqual(15 * few.pages + 4)
    })
  }
})

it('every statement that was sent is explained', () => {
  // Pages of another size are read in the same way.
  const ofAnySize = (sql: string) => sql.replaceAll(/\bLIMIT \d+/g, 'LIMIT n')
  const explained = new Set(answers.flatMap(({ few, many }) => [few.statement.sql, many.statement.sql].map(ofAnySize)))
  expect([...heard].filter((sql) => !explained.has(ofAnySize(sql)))).toEqual([])
})

const sources = [...new Set(questions.map(({ source }) => source))].sort()

it('every file that reads by a statement of its own is asked about', async () => {
  // What a write asks in its transaction (`tx.$queryRaw`) is no read path.
  const says = /coalescedLoaders?By\w+[<(]|readConnection<|\bdb\.(?:\$queryRaw|queryRows)\b/
  const found: string[] = []
  for await (const file of glob('**/*.ts', { cwd: src, exclude: ['database/*', 'graphql/dataLoaders.ts'] })) {
    // Links read for their own rounds, and around writes.
    if (file.startsWith('posthog')) continue
    if (says.test(await readFile(join(src, file), 'utf8'))) found.push(file)
  }
  // The first defines how lists are read; the second asks whether the database is there.
  const others = ['graphql/connections/connection.ts', 'server/plugins/useHealthChecks.ts']
  expect(found.filter((file) => !others.includes(file) && !sources.includes(file))).toEqual([])
})

const keptFile = (source: string) => source.replace(/\.ts$/, '.explain.txt')

describe.runIf(embedded)('the kept plans', () => {
  it.each(sources)('of %s are those that the database makes', async (source) => {
    const parts = [
      `How PostgreSQL carries out the statements that ${source} says, on the larger project of test/support/seedGrowingData.ts.\n` +
        'Made and checked by test/database/plans.test.ts: `npm run test:slow -- test/database/plans.test.ts -u`.\n',
    ]
    for (const { question, few, many } of answers.filter(({ question }) => question.source === source && question.kept !== false)) {
      const cost =
        'reads' in question.cost
          ? `at most ${question.cost.reads} however much there is`
          : `more where there is more: ${question.cost.grows}`
      parts.push(
        `## ${question.asks}\n\nReads: ${few.reads} and ${many.reads}, where there is ten times as much; ${cost}\n`,
        `${printed(many.statement)}\n`,
        `${await explainAsText(db, many.statement)}\n`,
      )
    }
    await expect(parts.join('\n')).toMatchFileSnapshot(join(plans, keptFile(source)))
  })

  it('are of files that are asked about', async () => {
    const expected = sources.map(keptFile)
    for await (const file of glob('**/*.explain.txt', { cwd: plans })) expect(expected).toContain(file)
  })
})

/** A statement that was put together from parts, indented anew, and its values. */
function printed({ text, values }: Prisma.Sql): string {
  let depth = 0
  const lines = text.split('\n').map((line) => line.trim())
  const indented = lines.filter(Boolean).map((line) => {
    const indent = '  '.repeat(Math.max(depth - (line.startsWith(')') ? 1 : 0), 0))
    depth += line.split('(').length - line.split(')').length
    return indent + line
  })
  return [...indented, ...values.map((value, index) => `-- $${index + 1} = ${JSON.stringify(value)}`)].join('\n')
}
