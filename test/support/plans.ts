import { Prisma } from '../../src/database/generated/client.ts'
import type { Db } from '../../src/database/open.ts'

/** A node of a plan, as EXPLAIN (ANALYZE, FORMAT JSON) tells it. */
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
  if (plan === undefined) throw new Error('No plan came back.')
  return plan
}

/** How the database carries a statement out: it does so. */
export async function explainPlan(db: Db, statement: Prisma.Sql): Promise<Plan> {
  return onlyPlan(await db.$queryRaw<Explained>(Prisma.sql`EXPLAIN ${Prisma.raw(asJson)} ${statement}`))
}

/** How it carries out the same statement, prepared for any values: what it may do once it has seen the statement five times. */
export function explainPreparedPlan(db: Db, statement: Prisma.Sql): Promise<Plan> {
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`
    await tx.$executeRawUnsafe(`PREPARE explained AS ${statement.text}`)
    const values = statement.values.map((value) => `'${literal(value).replaceAll("'", "''")}'`).join(', ')
    const answer = await tx.$queryRawUnsafe<Explained>(`EXPLAIN ${asJson} EXECUTE explained (${values})`)
    await tx.$executeRaw`DEALLOCATE explained`
    return onlyPlan(answer)
  })
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map((item) => JSON.stringify(item instanceof Date ? item : String(item))).join(',')}}`
  return value instanceof Date ? value.toISOString() : String(value)
}

/** The same as people read it. */
export async function explainAsText(db: Db, statement: Prisma.Sql): Promise<string> {
  const explain = Prisma.sql`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ${statement}`
  const rows = await db.$queryRaw<Record<'QUERY PLAN', string>[]>(explain)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

/** The nodes that read a table or an index; those that were never carried out are left out. */
export function getScans(plan: Plan): Plan[] {
  const inner = (plan.Plans ?? []).flatMap(getScans)
  const reads = plan['Relation Name'] !== undefined || plan['Index Name'] !== undefined
  return reads && plan['Actual Loops'] > 0 ? [plan, ...inner] : inner
}

/**
 * What a plan reads: the rows that its scans find and those that they throw away, and one for each time that a scan is begun, so that
 * look-ups that find nothing count too. (EXPLAIN tells an average a loop, on PostgreSQL 17 and before rounded to whole rows.)
 */
export function countRowsRead(plan: Plan): number {
  const reads = getScans(plan).map((scan) => {
    const rows = scan['Actual Rows'] + (scan['Rows Removed by Filter'] ?? 0) + (scan['Rows Removed by Index Recheck'] ?? 0)
    return Math.round((rows + 1) * scan['Actual Loops'])
  })
  return reads.reduce((sum, count) => sum + count, 0)
}

/** How many pages of tables and indexes a plan looks into, each as often as it does. It tells what is thrown away inside an index, too. */
export function countPagesRead(plan: Plan): number {
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
}
