import { encodeGlobalId } from '../../src/platform/globalId.ts'
import { openSession } from '../data/session.ts'
import { eventNames } from '../data/statements.ts'
import { ask } from '../measure/ask.ts'
import type { RunningServer } from '../servers/start.ts'
import type { Facts } from './operation.ts'

const eligible = `f.project_id = $1 AND f.ineligibility = '{}'`

/** Reads the inputs of the operations from the data. The cursors come from the systems themselves. */
export async function findFacts(databaseUrl: string, projectIds: number[], servers: readonly RunningServer[]): Promise<Facts> {
  const session = await openSession(databaseUrl)
  const query = async <Row>(sql: string, values: unknown[] = []) => (await session.query(sql, values)).rows as Row[]
  const project = projectIds[0] ?? 1

  const counted = await query<{ count: number }>(`SELECT count(*)::int FROM feature_flags f WHERE ${eligible}`, [project])
  const offset = Math.min(50_000, Math.floor(((counted[0]?.count ?? 0) * 5) / 6))
  const [before] = await query<{ id: number; created_at: Date }>(
    `SELECT f.id, f.created_at FROM feature_flags f WHERE ${eligible} ORDER BY f.created_at DESC, f.id DESC LIMIT 1 OFFSET $2`,
    [project, offset - 1],
  )
  if (before === undefined) throw new Error('The data has too few eligible flags.')
  const deep: Facts['deep'] = { offset, createdAt: before.created_at.toISOString(), id: before.id, cursors: {} }
  for (const server of servers) {
    if (server.system === 'ours') {
      const answer = await ask(server, {
        query:
          'query ($projectId: ID!, $offset: Int) { page: eligibleFeatureFlags(projectId: $projectId, first: 1, offset: $offset) { pageInfo { endCursor } } }',
        variables: { projectId: encodeGlobalId('Project', project), offset: offset - 1 },
      })
      deep.cursors.ours = answer.data.page.pageInfo.endCursor
    }
    if (server.system === 'postgraphile') {
      const answer = await ask(server, {
        query: `query ($project: Int!, $offset: Int) {
          page: allEligibleFlags(first: 1, offset: $offset, condition: { projectId: $project }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
            pageInfo { endCursor }
          }
        }`,
        variables: { project, offset: offset - 1 },
      })
      deep.cursors.postgraphile = answer.data.page.pageInfo.endCursor
    }
  }

  const sampled = await query<{ name: string; has: boolean }>(
    `SELECT n.name, EXISTS (
       SELECT FROM (
         SELECT feature_flag_keys FROM events e
         WHERE project_id = 1 AND event = n.name AND timestamp BETWEEN now() - interval '6 days' AND now()
         ORDER BY timestamp DESC, id DESC LIMIT 20
       ) AS newest WHERE feature_flag_keys IS NOT NULL
     ) AS has
     FROM (SELECT 'event-' || generate_series(0, ${eventNames - 1})) AS n (name) ORDER BY 1`,
  )
  const implemented = sampled.filter(({ has }) => has).map(({ name }) => name)
  const notImplemented = sampled.filter(({ name, has }) => !has && name.endsWith('0')).map(({ name }) => name)

  const flags = await query<{ id: number }>('SELECT id FROM feature_flags WHERE project_id = $1 ORDER BY id LIMIT 100000', [project])
  const flagIds = Array.from({ length: 50 }, (_, list) => {
    // Spread over the project, with different flags in each list.
    const step = Math.max(1, Math.floor(flags.length / 100))
    return flags
      .filter((_flag, index) => index % step === list % step)
      .slice(0, 100)
      .map(({ id }) => id)
  })
  await session.end()
  // Three names: an experiment has a few metrics with one or two events each.
  return { projectIds, deep, implemented: implemented.slice(0, 3), notImplemented: notImplemented.slice(0, 3), flagIds }
}
