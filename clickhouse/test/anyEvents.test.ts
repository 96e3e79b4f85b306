import fc from 'fast-check'
import { expect, it } from 'vitest'
import { seedFlag } from '../../test/support/seed.ts'
import { globalId, seedTenant } from '../../test/support/testServer.ts'
import { bothStores, type NewEvent } from '../support/bothStores.ts'

// Whatever events there are: both stores answer the same.

const { db, time, addEvents, askBoth } = await bothStores({ maxOperationCost: 1_000_000 })
const now = new Date('2026-03-30T12:00:00Z')

const text = fc
  .oneof(fc.constantFrom('a', 'A', 'b', '', "'", '\\', '%', '_', 'é', '💥', '{x:String}'), fc.string({ maxLength: 6, unit: 'binary' }))
  // PostgreSQL takes neither NUL nor half a surrogate pair, so that neither can come in.
  .map((value) => value.replaceAll('\0', '').toWellFormed())
const value = fc.oneof(
  fc.constantFrom(true, false, null, 'test', 'control', '', 9007199254740991, -1, 0.5),
  text,
  fc.array(fc.integer(), { maxLength: 2 }),
  fc.record({ plan: fc.constantFrom('pro', 'free', 1, null) }),
)
const key = fc.oneof(
  fc.constantFrom('$feature_flag', '$feature_flag_response', '$feature/flag', '$feature/', '$feature/other', '$set', '$set_once', 'plan'),
  text,
)
const properties = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(key, value, { maxKeys: 6, noNullPrototype: true }) },
  { weight: 4, arbitrary: fc.record({ $feature_flag: fc.constantFrom('flag', 'flag', 'other'), $feature_flag_response: value }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '[]',
      'null',
      '"$feature/x"',
      '{"$feature/flag":',
      'no JSON $feature/flag',
      '{"n":123456789012345678901234}',
    ),
  },
)
const event: fc.Arbitrary<NewEvent> = fc.record({
  event: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('$feature_flag_called', '$pageview', 'buy', 'Buy') },
    { weight: 1, arbitrary: text },
  ),
  // Few times, so that there are ties; clocks go forward on 29 March 2026.
  timestamp: fc
    .constantFrom(
      '2026-03-28T22:59:59.999Z',
      '2026-03-28T23:00:00Z',
      '2026-03-29T12:00:00Z',
      '2026-03-29T21:59:59.999Z',
      '2026-03-30T11:59:59Z',
    )
    .map((at) => new Date(at)),
  distinctId: fc.constantFrom('ada', 'bob', '', "o'brien", 'é'),
  id: fc.uuid(),
  properties,
})

it('answers are equal', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(event, { maxLength: 40, selector: ({ id }) => id }),
      fc.integer({ min: 1, max: 5 }),
      async (events, size) => {
        time.now = now
        const tenant = await seedTenant(db, { timezone: 'Europe/Berlin' })
        const flag = await seedFlag(db, tenant.project, { key: 'flag' })
        await addEvents(tenant.project, events)
        const { errors } = await askBoth(
          tenant.key,
          `query ($project: ID!, $flag: ID!, $size: Int!) {
          requiresFlagImplementation(projectId: $project, events: ["buy", "nothing"], anyEvent: true, sampleSize: $size) {
            required asOf events { event sampled withFeatureProperty featureFlagKeys lastSeenAt }
          }
          project(id: $project) { all: eventNames(first: 100) { name lastSeenAt properties(first: 100) } some: eventNames(search: "b", first: 2) { name } }
          node(id: $flag) { ... on FeatureFlag {
            usage(days: 5) { asOf calls persons days { day answer calls persons } }
            preview(change: { active: false }, sample: { recent: 3 }) { impact { sampled unchanged turnedOff moves { from to count } } }
          } }
        }`,
          { project: String(tenant.project.id), flag: globalId('FeatureFlag', flag.id), size },
        )
        expect(errors).toBeUndefined()
      },
    ),
    { numRuns: 40 },
  )
})
