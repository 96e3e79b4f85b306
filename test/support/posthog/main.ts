import { parseArgs } from 'node:util'
import { startPostHog } from './startPostHog.ts'

// Serves the stand-in for use by hand: `node run.mjs test/support/posthog/main.ts --port 8010 --flags 300 --experiments 40`.
// It changes nothing by itself.

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8010' },
    flags: { type: 'string', default: '30' },
    experiments: { type: 'string', default: '8' },
  },
})
const posthog = await startPostHog({ port: Number(values.port) })
posthog.fill({ flags: Number(values.flags), experiments: Number(values.experiments) })
posthog.rows.event('purchase')
posthog.rows.action({ name: 'Bought something', steps: [{ event: 'purchase' }] })
posthog.rows.prompt('greeter', 'Greet the visitor.')
posthog.rows.prompt('greeter', 'Greet the visitor by name.')
posthog.person.createHoldout('Never in a test', 5)

const { origin, project, key, owner } = posthog
const curl = (method: string, path: string, body?: object) =>
  [
    `curl -s -X ${method} -H 'Authorization: Bearer ${key.token}' '${origin}/api/projects/${project.id}/${path}'`,
    body && `-H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
  ]
    .filter(Boolean)
    .join(' ')

console.log(`A stand-in for PostHog
  host     ${origin}
  project  ${project.id}
  key      ${key.token}  (all scopes, of ${owner.email})

Try:
  ${curl('GET', 'feature_flags/?limit=2&order=-updated_at')}
  ${curl('POST', 'feature_flags/2/disable/')}
  ${curl('PATCH', 'feature_flags/2/', { name: 'Changed by hand', tags: ['growth'] })}
  ${curl('PATCH', 'feature_flags/2/', { deleted: true })}
  ${curl('POST', 'experiments/1/launch/')}
  ${curl('POST', 'approval_policies/', { action_key: 'feature_flag.enable', approver_config: { quorum: 1, users: [owner.id] }, allow_self_approve: true })}
  ${curl('GET', 'activity_log/?page_size=3')}
  ${curl('POST', 'query/', { query: { kind: 'HogQLQuery', query: 'select key, deleted from system.feature_flags limit 3' } })}

Ctrl-C ends it. Nothing is kept.`)
