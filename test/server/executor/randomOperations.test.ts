import fc from 'fast-check'
import { expect, inject, it } from 'vitest'
import { schema } from '../../../src/schema/schema.ts'
import { seedKey } from '../../support/seed.ts'
import { seedEveryType } from '../../support/seedEveryType.ts'
import { testServer } from '../../support/testServer.ts'
import { randomOperation } from './randomOperation.ts'

// What is kept between requests is there for one server a moment before it is for the other, and errors come in the order of what fails.
const { db, pubSub, serverOn } = await testServer({ accessCacheSeconds: 0 })
const servers = {
  usual: serverOn({ db, pubSub, transactionSlots: null }, { compiledExecutor: false }),
  compiled: serverOn({ db, pubSub, transactionSlots: null }, { compiledExecutor: true }),
}

const world = await seedEveryType(db)
const ids = Object.fromEntries(Object.entries(world.ids).map(([type, all]) => [type, all.slice(0, 2)]))
const user = await db.user.findFirstOrThrow({ where: { personalApiKeys: { some: {} } } })
const keyFor = (...scopes: string[]) => seedKey(db, user, { scopes })
const keys = [
  ...[world.key, world.key, world.key],
  await keyFor('experiment:read'),
  await keyFor('feature_flag:read', 'approvals:read'),
  world.emptyKey,
  'phx_nobody',
]

async function ask(which: keyof typeof servers, key: string, body: object): Promise<string> {
  const response = await servers[which].fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'x-request-id': 'the-same' },
    body: JSON.stringify(body),
  })
  return `${response.status} ${await response.text()}`
}

// PostgreSQL has several connections, and what fails on one may be told before or after what fails on another.
const oneConnection = inject('archive') !== ''

it.runIf(oneConnection)('answers random operations byte for byte as the usual executor does', { timeout: 60_000 }, async () => {
  const operations = fc.gen().map((random) => ({ key: random(fc.constantFrom, ...keys), operation: randomOperation(random, schema, ids) }))
  const seen = { data: 0, errors: 0 }
  await fc.assert(
    fc.asyncProperty(operations, async ({ key, operation }) => {
      const usual = await ask('usual', key, operation)
      if (usual.includes('"data":{')) seen.data++
      if (usual.includes('"errors":')) seen.errors++
      expect(await ask('compiled', key, operation)).toBe(usual)
      // Again, by the plan that was kept.
      expect(await ask('compiled', key, operation)).toBe(usual)
    }),
    { numRuns: 400, endOnFailure: true },
  )
  // Random operations that validation refuses would prove nothing.
  expect(seen.data).toBeGreaterThan(250)
  expect(seen.errors).toBeGreaterThan(100)
})

it('keeps the parts apart that variables leave out, in one document', async () => {
  const query = `query ($a: Boolean!, $b: Boolean = true, $project: ID!) {
    project(id: $project) { ...names @include(if: $a) ...names @skip(if: $b) id @skip(if: $a) experiments(first: 1) @include(if: $b) { nodes { ...one } } }
    again: project(id: $project) { ...names }
  }
  fragment names on Project { name @include(if: $b) timezone }
  fragment one on Experiment { name @skip(if: $a) featureFlag { key @include(if: $a) id } }`
  const answers = new Set<string>()
  for (const given of [
    { a: true },
    { a: false },
    { a: true, b: false },
    { a: false, b: false },
    { a: false, b: null },
    { a: null },
    { a: true },
  ]) {
    const body = { query, variables: { ...given, project: world.ids.Project?.[0] } }
    const usual = await ask('usual', world.key, body)
    expect(await ask('compiled', world.key, body)).toBe(usual)
    answers.add(usual)
  }
  expect(answers.size).toBe(6)
})
