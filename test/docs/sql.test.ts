import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ensureDemo } from '../../src/features/demo/ensureDemo.ts'
import { testServer } from '../support/testServer.ts'
import { documents } from './documents.ts'

// Runs the SQL blocks of the documents on the demo data. Those of docs/events.md are for ClickHouse: clickhouse/test/documents.test.ts.

const tested = await testServer()
const folder = await mkdtemp(join(tmpdir(), 'demo-keys-'))
afterAll(() => rm(folder, { recursive: true }))
await ensureDemo(tested, folder, tested.time.now)

const blocks = documents.flatMap(({ path, blocks }) =>
  blocks
    .filter(({ language }) => language === 'sql' && path !== 'docs/events.md')
    .map(({ text, line }) => ({ place: `${path}:${line}`, text })),
)
const statementsOf = (block: string) =>
  block
    .replaceAll(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')

/** Ends the transaction of a block, so that the next one finds the demo data as it was. */
class Undone extends Error {}

describe.each(blocks)('$place', ({ text }) => {
  it('runs, and changes what it names', async () => {
    const withoutRows: string[] = []
    const run = tested.db.$transaction(async (tx) => {
      for (const statement of statementsOf(text)) {
        const rows = await tx.$executeRawUnsafe(statement)
        if (rows === 0) withoutRows.push(statement)
      }
      throw new Undone()
    })
    await expect(run).rejects.toBeInstanceOf(Undone)
    // Queries change nothing, and the demo data has no old events.
    expect(withoutRows.filter((statement) => !/^SELECT|interval/.test(statement))).toEqual([])
  })
})

it('finds the blocks', () => expect(blocks.length).toBeGreaterThan(0))
