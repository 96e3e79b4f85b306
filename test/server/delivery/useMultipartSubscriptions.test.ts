import { describe, expect, it, vi } from 'vitest'
import { listen } from '../../support/listen.ts'
import { seedExperiment, seedFlag, seedKey } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { db, server, run } = await testServer({ subscriptionCheck: 1 })
const url = await listen(server)
const { project, user, key } = await seedTenant(db)
const experiment = await seedExperiment(db, await seedFlag(db, project))
const follow = `subscription { experimentUpdated(projectId: ${project.id}) { name } }`
const apollo = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json'
const rename = (name: string) =>
  run(key, 'mutation ($input: UpdateExperimentInput!) { updateExperiment(input: $input) { __typename } }', {
    input: { id: experiment.id, name },
  })
const isOpen = (count: number) => vi.waitFor(() => expect(server.openSubscriptions()).toBe(count), 10_000)

function ask(query: string, { accept = apollo, as = key, headers = {} } = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${as}`, ...headers },
    body: JSON.stringify({ query }),
  })
}

/** Reads the parts of an answer as they come. */
function partsOf(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    next: async (): Promise<unknown> => {
      for (;;) {
        const part = /^\r\n--graphql\r\ncontent-type: application\/json\r\n\r\n(.*?)(?=\r\n--graphql)/s.exec(text)
        if (part !== null) {
          text = text.slice(part[0].length)
          return JSON.parse(part[1] ?? '')
        }
        if (text.startsWith('\r\n--graphql--')) return null
        const read = await reader?.read()
        if (read === undefined || read.done) throw new Error(`The answer ended with ${JSON.stringify(text)}.`)
        text += read.value
      }
    },
    end: () => reader?.cancel(),
  }
}

describe('a subscription in parts of one answer, as Apollo asks for it', () => {
  it('sends each change, and ends with its client', async () => {
    const response = await ask(follow, { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers.get('content-type')).toBe('multipart/mixed;boundary="graphql";subscriptionSpec=1.0')
    expect(response.headers.get('x-request-id')).toMatch(/./)
    const parts = partsOf(response)
    for (const name of ['One', 'Two']) {
      await rename(name)
      expect(await parts.next()).toEqual({ payload: { data: { experimentUpdated: { name } } } })
    }
    await isOpen(1)
    await parts.end()
    await isOpen(0)
  })

  it('ends with an error when its key is revoked', async () => {
    const other = await seedKey(db, user)
    const parts = partsOf(await ask(follow, { as: other }))
    await db.personalApiKey.deleteMany({ where: { mask: `${other.slice(0, 4)}...${other.slice(-4)}` } })
    const part = await parts.next()
    expect(part).toMatchObject({ payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } })
    expect(JSON.stringify(part)).not.toContain('"http"')
    expect(await parts.next()).toBeNull()
  })

  it.each([
    ['is not valid', 'subscription { nothing }', key, 'BAD_USER_INPUT'],
    ['has no key', follow, 'phx_unknown', 'UNAUTHENTICATED'],
  ])('that %s is refused in JSON', async (_what, query, as, code) => {
    const response = await ask(query, { as })
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] })
  })

  it.each([
    ['multipart/mixed; subscriptionSpec="1.0", application/json', 'multipart/mixed'],
    ['text/event-stream, multipart/mixed;subscriptionSpec=1.0', 'text/event-stream'],
    ['multipart/mixed;subscriptionSpec=1.0, text/event-stream', 'multipart/mixed'],
    ['*/*', 'text/event-stream'],
  ])('%s gets %s', async (accept, type) => {
    const response = await ask(follow, { accept })
    expect(response.headers.get('content-type')).toContain(type)
    await response.body?.cancel()
    await isOpen(0)
  })

  it.each(['application/json', 'multipart/mixed', 'multipart/mixed;deferSpec=20220824'])('is not given to %s', async (accept) => {
    expect((await ask(follow, { accept })).status).toBe(406)
  })

  it('leaves queries and @defer as they are', async () => {
    expect(await (await ask('{ __typename }')).json()).toEqual({ data: { __typename: 'Query' } })
    const deferred = await ask('{ viewer { scopes } ... @defer { __typename } }', {
      accept: 'multipart/mixed;deferSpec=20220824, application/json',
    })
    expect(deferred.headers.get('content-type')).toMatch(/^multipart\/mixed; ?boundary="-"/)
    expect(await deferred.text()).toContain('"hasNext":false')
  })
})
