import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A server that answers as PostHog does, for a project of many flags. It makes each page when it is asked for, and keeps nothing.

const count = Number(process.argv[2] ?? 10_000)
const experiments = Number(process.argv[3] ?? 0)
const user = { id: 3, email: 'ann@example.com', first_name: 'Ann' }
const time = new Date(Date.now() - 3_600_000).toISOString()

const flag = (id: number) => ({
  ...{ id, key: `flag-${id}`, name: `Flag ${id}`, deleted: false, active: true, archived: false, version: 3 },
  filters: {
    groups: [
      { properties: [{ key: 'email', type: 'person', value: [`user${id}@example.com`], operator: 'exact' }], rollout_percentage: 50 },
      { properties: [], rollout_percentage: 10, variant: null },
    ],
    multivariate: { variants: ['control', 'test'].map((key) => ({ key, name: key, rollout_percentage: 50 })) },
    payloads: {},
  },
  ...{
    created_at: time,
    updated_at: time,
    created_by: user,
    last_modified_by: user,
    tags: [],
    evaluation_contexts: [],
    experiment_set: [],
  },
})
const experiment = (id: number) => ({
  ...{ id, name: `Experiment ${id}`, feature_flag_key: `flag-${id}`, feature_flag: { id, key: `flag-${id}`, filters: {} } },
  ...{ metrics: [], metrics_secondary: [], saved_metrics: [], parameters: {}, start_date: null, end_date: null, archived: false },
  ...{ created_by: user, created_at: time, updated_at: time },
})
const page = (total: number, make: (id: number) => object, offset: number, limit: number) => ({
  ...{ count: total, next: offset + limit < total ? 'more' : null, previous: null },
  results: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, index) => make(offset + index + 1)),
})

let requests = 0
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const number = (name: string, fallback: number) => Number(url.searchParams.get(name) ?? fallback)
  const answer = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (url.pathname === '/requests') return answer(200, { requests })
  requests++
  const [, list = ''] = /^\/api\/projects\/7\/(\w+)\/$/.exec(url.pathname) ?? []
  const archived = url.searchParams.get('archived') === 'true'
  if (url.pathname === '/api/projects/7/') return answer(200, { id: 7, name: 'Many flags', organization: 'org-1', timezone: 'UTC' })
  if (list === 'feature_flags') return answer(200, page(archived ? 0 : count, flag, number('offset', 0), number('limit', 100)))
  if (list === 'experiments') return answer(200, page(archived ? 0 : experiments, experiment, number('offset', 0), number('limit', 100)))
  if (request.method === 'GET' && url.searchParams.has('limit')) return answer(200, page(0, flag, 0, 100))
  answer(404, { type: 'invalid_request', code: 'not_found', detail: 'Not found.', attr: null })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
