import type { Db } from '../../src/database/client.ts'
import { Prisma } from '../../src/database/generated/client.ts'

/** A node of a plan, as EXPLAIN (ANALYZE, FORMAT JSON) returns it. */
export interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Plan[]
}

type Explained = Record<'QUERY PLAN', { Plan: Plan }[]>[]
const asJson = '(ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS, FORMAT JSON)'

function onlyPlan([row]: Explained): Plan {
  const plan = row?.['QUERY PLAN'][0]?.Plan
  if (plan === undefined) throw new Error('EXPLAIN returned no plan.')
  return plan
}

/** Executes a statement, and returns its plan. */
export async function explainPlan(db: Db, statement: Prisma.Sql): Promise<Plan> {
  return onlyPlan(await db.$queryRaw<Explained>(Prisma.sql`EXPLAIN ${Prisma.raw(asJson)} ${statement}`))
}

/** Executes a statement with the generic plan, which PostgreSQL may use after five executions, and returns that plan. */
export function explainPreparedPlan(db: Db, statement: Prisma.Sql): Promise<Plan> {
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`
    await tx.$executeRawUnsafe(`PREPARE explained AS ${statement.text}`)
    const answer = await tx.$queryRawUnsafe<Explained>(`EXPLAIN ${asJson} EXECUTE explained (${literals(statement)})`)
    await tx.$executeRaw`DEALLOCATE explained`
    return onlyPlan(answer)
  })
}

/**
 * Whether PostgreSQL keeps the plan of a statement that is prepared: after five plans for the values at hand, it takes one for any values if
 * that does not look dearer.
 */
export function keepsPlan(db: Db, statement: Prisma.Sql): Promise<boolean> {
  return db.$transaction(async (tx) => {
    await tx.$executeRawUnsafe(`PREPARE kept AS ${statement.text}`)
    for (let uses = 0; uses < 6; uses++) await tx.$queryRawUnsafe(`EXPLAIN EXECUTE kept (${literals(statement)})`)
    const [row] = await tx.$queryRaw<{ isKept: boolean }[]>`
      SELECT generic_plans > 0 AS "isKept" FROM pg_prepared_statements WHERE name = 'kept'`
    await tx.$executeRaw`DEALLOCATE kept`
    return row?.isKept ?? false
  })
}

const literals = ({ values }: Prisma.Sql) => values.map((value) => `'${literal(value).replaceAll("'", "''")}'`).join(', ')

function literal(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map((item) => JSON.stringify(item instanceof Date ? item : String(item))).join(',')}}`
  return value instanceof Date ? value.toISOString() : String(value)
}

/** Executes a statement, and returns its plan as text. */
export async function explainAsText(db: Db, statement: Prisma.Sql): Promise<string> {
  const explain = Prisma.sql`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ${statement}`
  const rows = await db.$queryRaw<Record<'QUERY PLAN', string>[]>(explain)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

/** The nodes that read a table or an index, without those that were never executed. */
export function getScans(plan: Plan): Plan[] {
  const inner = (plan.Plans ?? []).flatMap(getScans)
  const reads = plan['Relation Name'] !== undefined || plan['Index Name'] !== undefined
  return reads && plan['Actual Loops'] > 0 ? [plan, ...inner] : inner
}

/**
 * The rows that the scans of a plan find or discard, plus one per loop of a scan, so that look-ups without a result count too. EXPLAIN
 * returns averages per loop, which PostgreSQL 17 and older round to whole rows.
 */
export function countRowsRead(plan: Plan): number {
  const reads = getScans(plan).map((scan) => {
    const rows = scan['Actual Rows'] + (scan['Rows Removed by Filter'] ?? 0) + (scan['Rows Removed by Index Recheck'] ?? 0)
    return Math.round((rows + 1) * scan['Actual Loops'])
  })
  return reads.reduce((sum, count) => sum + count, 0)
}

/** The number of page reads of tables and indexes. Unlike the rows, it includes the entries that an index scan discards. */
export function countPagesRead(plan: Plan): number {
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
}
