import { expect, it } from 'vitest'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { server, db } = await testServer({ rateLimitPerMinute: 12 })
const { server: single } = await testServer({ maxBatchSize: 1 })

async function send(to: typeof server, key: string | null, body: unknown) {
  const response = await to.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  })
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's own
  return { status: response.status, body: (await response.json()) as any }
}

const { key } = await seedTenant(db)
const viewer = { query: '{ viewer { scopes } }' }

it('a batch is answered in its order, each operation for itself', async () => {
  const { key } = await seedTenant(db)
  const { status, body } = await send(server, key, [viewer, { query: '{ nothing }' }, { query: '{ project(id: "999999") { id } }' }])
  expect(status).toBe(200)
  expect(body).toMatchObject([
    { data: { viewer: { scopes: ['*'] } } },
    { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
    { data: { project: null }, errors: [{ extensions: { code: 'NOT_FOUND' } }] },
  ])
})

it('a batch of more operations than the setting allows is rejected as a whole', async () => {
  const { status, body } = await send(server, key, Array(11).fill(viewer))
  expect(status).toBe(413)
  expect(body).toMatchObject({
    errors: [{ message: 'Batching is limited to 10 operations per request.', extensions: { code: 'BAD_USER_INPUT' } }],
  })
})

it.each([[[null]], [[viewer, null]], [[1]], [['{ viewer { scopes } }']], [[[viewer]]]])(
  'a batch of other things than objects is refused: %j',
  async (batch) => {
    const { status, body } = await send(server, key, batch)
    expect(status).toBe(400)
    expect(body).toMatchObject({
      errors: [{ message: 'The body of the request must be a JSON object, or a list of them.', extensions: { code: 'BAD_USER_INPUT' } }],
    })
  },
)

it('every operation of a batch counts for the limits of the key', async () => {
  const { key } = await seedTenant(db)
  expect((await send(server, key, Array(10).fill(viewer))).body).toHaveLength(10)
  const { body } = await send(server, key, Array(3).fill(viewer))
  const refused = body.flatMap(({ errors = [] }: { errors?: { extensions: { code: string } }[] }) => errors)
  // They are asked at once: whichever is the third to be counted.
  expect(refused).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
})

it('an operation that is answered in parts is rejected in its place', async () => {
  const { key } = await seedTenant(db)
  const { body } = await send(server, key, [{ query: '{ ... @defer { viewer { scopes } } }' }, viewer])
  expect(body).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }, { data: { viewer: { scopes: ['*'] } } }])
})

it('a batch of one is a batch, also where no more are allowed', async () => {
  const { status, body } = await send(single, null, [viewer])
  expect(status).toBe(400)
  expect(body).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
})
