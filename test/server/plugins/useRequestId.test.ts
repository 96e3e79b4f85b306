import { Writable } from 'node:stream'
import { pino } from 'pino'
import { beforeAll, describe, expect, it } from 'vitest'
import { requestId } from '../../../src/platform/requestScope.ts'
import { type Answer, seedTenant, type TestServer, testServer } from '../../support/testServer.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

async function ask({ server }: TestServer, key: string, query: string, headers: Record<string, string> = {}) {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ query }),
  })
  const text = await response.text()
  return { status: response.status, id: response.headers.get('x-request-id'), text, answer: JSON.parse(text) as Answer }
}

describe('every answer has a request id', () => {
  let tested: TestServer
  let key: string
  beforeAll(async () => {
    tested = await testServer()
    key = (await seedTenant(tested.db)).key
  })

  it('of its own where none was given', async () => {
    const [one, other] = [await ask(tested, key, '{ viewer { scopes } }'), await ask(tested, key, '{ viewer { scopes } }')]
    expect(one.id).toMatch(uuid)
    expect(other.id).toMatch(uuid)
    expect(one.id).not.toBe(other.id)
  })

  it.each(['abc', '0af7651916cd43dd8448eb211c80319c', 'Root-1.67891233_abc', 'x'.repeat(100)])(
    'which is the one that was given: %s',
    async (given) => {
      expect((await ask(tested, key, '{ viewer { scopes } }', { 'x-request-id': given })).id).toBe(given)
    },
  )

  it.each(['', 'two words', 'a,b', '{"level":50}', '<b>', 'x'.repeat(101), 'é'])(
    'but not one that could deceive a reader of the log: %j',
    async (given) => {
      expect((await ask(tested, key, '{ viewer { scopes } }', { 'x-request-id': given })).id).toMatch(uuid)
    },
  )

  it('also when nobody may ask, nothing could be read, or there is no such page', async () => {
    expect((await ask(tested, 'phx_nothing', '{ viewer { scopes } }', { 'x-request-id': 'a' })).id).toBe('a')
    expect((await ask(tested, key, '{ viewer {', { 'x-request-id': 'b' })).id).toBe('b')
    expect((await ask(tested, key, '{ nothing }', { 'x-request-id': 'c' })).id).toBe('c')
    const elsewhere = await tested.server.fetch('http://localhost/elsewhere', { headers: { 'x-request-id': 'd' } })
    expect(elsewhere.headers.get('x-request-id')).toBe('d')
  })

  it('that stays with its request while others are answered', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `request-${index}`)
    const answers = await Promise.all(ids.map((id) => ask(tested, key, '{ viewer { projects { totalCount } } }', { 'x-request-id': id })))
    expect(answers.map(({ id }) => id)).toEqual(ids)
    expect(requestId()).toBeUndefined()
  })
})

describe('when the database fails', () => {
  let tested: TestServer
  let key: string
  let projectId: number
  let lines: Record<string, unknown>[]

  beforeAll(async () => {
    lines = []
    const stream = new Writable({
      write: (line, _encoding, done) => {
        lines.push(JSON.parse(String(line)))
        done()
      },
    })
    // As `createLog` makes it, with another end.
    tested = await testServer({}, pino({ level: 'info', mixin: () => ({ requestId: requestId() }) }, stream))
    const tenant = await seedTenant(tested.db)
    key = tenant.key
    projectId = tenant.project.id
    await tested.db.$executeRaw`ALTER TABLE experiments RENAME TO lost_experiments`
  })

  const nothingLeaks = (text: string) => {
    for (const word of [
      /experiments"? does not exist/i,
      /relation/i,
      /prisma/i,
      /select/i,
      /node_modules/i,
      /\bat /,
      /stack/i,
      /originalError/i,
    ]) {
      expect(text).not.toMatch(word)
    }
  }

  it('the field is masked, with the id that header and log carry too; its neighbours stand', async () => {
    lines.length = 0
    const query = `{ viewer { scopes } stats(projectId: ${projectId}) { activeExperiments } project(id: ${projectId}) { databaseId } }`
    const { status, id, text, answer } = await ask(tested, key, query, { 'x-request-id': 'the-failure' })

    expect(status).toBe(200)
    expect(id).toBe('the-failure')
    expect(answer.data).toEqual({ viewer: { scopes: ['*'] }, stats: null, project: { databaseId: projectId } })
    expect(answer.errors).toEqual([
      {
        message: 'Something went wrong on our side. Tell us the request id.',
        locations: [{ line: 1, column: expect.any(Number) }],
        path: ['stats'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'the-failure' },
      },
    ])
    nothingLeaks(text)

    const failures = lines.filter(({ level }) => Number(level) >= 50)
    expect(failures.map((line) => line.requestId)).toEqual(failures.map(() => 'the-failure'))
    const line = failures.find(({ msg }) => msg === 'Request failed: the caller gets INTERNAL_SERVER_ERROR.')
    expect(line).toMatchObject({ path: ['stats'] })
    // The log tells what the answer does not.
    expect(JSON.stringify(line)).toContain('experiments')
    expect(JSON.stringify(lines)).not.toContain(key)
  })

  it('a new id is given where none came, the same everywhere', async () => {
    lines.length = 0
    const { id, answer } = await ask(tested, key, `{ stats(projectId: ${projectId}) { activeExperiments } }`)
    expect(id).toMatch(uuid)
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId: id })
    expect(lines.find(({ level }) => Number(level) >= 50)?.requestId).toBe(id)
  })

  it('before anybody is known, the whole answer is masked the same way', async () => {
    await tested.db.$executeRaw`ALTER TABLE personal_api_keys RENAME TO lost_keys`
    lines.length = 0
    const { status, id, text, answer } = await ask(tested, 'phx_unknown', '{ viewer { scopes } }', { 'x-request-id': 'no-keys' })
    await tested.db.$executeRaw`ALTER TABLE lost_keys RENAME TO personal_api_keys`

    expect(status).toBe(500)
    expect(id).toBe('no-keys')
    expect(answer.data ?? null).toBeNull()
    expect(answer.errors).toEqual([
      {
        message: 'Something went wrong on our side. Tell us the request id.',
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'no-keys' },
      },
    ])
    nothingLeaks(text)
    expect(lines.find(({ level }) => Number(level) >= 50)).toMatchObject({ requestId: 'no-keys' })
    expect(JSON.stringify(lines)).not.toContain(key)
  })

  it('also where GraphQL finds the value of a field wrong: that is not the caller’s doing', async () => {
    await tested.db.$executeRaw`ALTER TABLE feature_flags ALTER COLUMN version TYPE double precision`
    await tested.db.$executeRaw`INSERT INTO feature_flags (project_id, key, filters, version)
      VALUES (${projectId}, 'odd', '{"multivariate": {"variants": [{"key": "control"}, {"key": "test"}]}}', 1.5)`
    const { text, answer } = await ask(tested, key, `{ eligibleFeatureFlags(projectId: ${projectId}) { nodes { version } } }`)
    expect(answer.errors).toMatchObject([
      { message: 'Something went wrong on our side. Tell us the request id.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ])
    expect(text).not.toContain('1.5')
  })
})
