import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../../src/schema/schema.ts'
import { seedColleague } from '../support/approvals.ts'
import { seedExperiment, seedFlag } from '../support/seed.ts'
import { seedTenant, testServer } from '../support/testServer.ts'

// Every field of every mutation's input is given what a careless or a hostile client might send. Whatever the answer, it is none of our
// own failures.

const { db, run } = await testServer()

const nested = JSON.parse(`${'['.repeat(150)}${']'.repeat(150)}`)
const odd: Record<string, unknown[]> = {
  ID: [null, '', '0', '-1', '1', '99999999999999', 'x', '\0', '\ud800', 'Um9sZTox'],
  String: [null, '', ' ', '\0', '\ud800', 'x'.repeat(5000), '__proto__', ':deleted:1', 'a'.repeat(400)],
  Int: [null, 0, -1, 2_147_483_647, -2_147_483_648],
  Float: [null, 0, -1, 1e308, 100, 33.333333333],
  Boolean: [null, true, false],
  DateTime: [null, '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-01-01T00:00:00+14:00'],
  JSON: [
    null,
    1,
    'x',
    [],
    {},
    true,
    nested,
    { a: '\0' },
    JSON.parse('{"__proto__": 1}'),
    { groups: [null] },
    { groups: [{ properties: [null] }], multivariate: { variants: [null, 1] } },
    { multivariate: [], payloads: [] },
    { groups: {}, holdout: 1 },
    { method: {}, bayesian: 1 },
    { kind: 'ExperimentMetric', metric_type: '__proto__' },
    { kind: 'ExperimentMetric', metric_type: 'mean', source: { kind: 'EventsNode', event: '\ud800' } },
  ],
}

/** @param seen the input types that were tried in full before. Of these, only the least is tried: they mean the same everywhere. */
function oddValues(type: GraphQLInputType, seen: Set<string>): unknown[] {
  if (isNonNullType(type)) return oddValues(type.ofType, seen).filter((value) => value !== null)
  if (isListType(type)) {
    const items = oddValues(type.ofType, seen).filter((value) => value !== null)
    return [null, [], ...items.map((item) => [item]), ...items.slice(0, 3).map((item) => [item, item, item])]
  }
  if (isEnumType(type)) return [null, ...type.getValues().map(({ name }) => name)]
  if (isInputObjectType(type)) {
    const least = Object.values(type.getFields()).filter((field) => isNonNullType(field.type))
    const base = Object.fromEntries(least.map((field) => [field.name, oddValues(field.type, new Set(seen)).at(-1)]))
    if (seen.has(type.name)) return [null, base]
    seen.add(type.name)
    return [
      null,
      ...Object.values(type.getFields()).flatMap((field) => oddValues(field.type, seen).map((value) => ({ ...base, [field.name]: value }))),
    ]
  }
  return odd[type.name] ?? []
}

const tenant = await seedTenant(db)
const owner = await seedColleague(db, tenant, 15)
let serial = 0

/** An input that there is nothing wrong with, on a flag and an experiment of its own. */
async function fitting(mutation: string, type: GraphQLInputObjectType): Promise<Record<string, unknown>> {
  serial++
  // Only what the mutation can name is made: there are thousands of inputs.
  const names = Object.keys(type.getFields())
  const about = (thing: string) => names.includes('id') && mutation.includes(thing)
  const needsExperiment = names.includes('experimentId') || (names.includes('id') && !about('FeatureFlag') && !about('SavedMetric'))
  const flag = needsExperiment || about('FeatureFlag') ? await seedFlag(db, tenant.project) : null
  const startDate = serial % 2 === 0 ? null : new Date('2026-01-01')
  const experiment = needsExperiment && flag !== null ? await seedExperiment(db, flag, { startDate }) : null
  const savedMetric =
    names.includes('savedMetricId') || about('SavedMetric')
      ? await db.savedMetric.create({ data: { projectId: tenant.project.id, name: `Metric ${serial}`, query: {} } })
      : null
  const values: Record<string, unknown> = {
    experimentId: String(experiment?.id),
    savedMetricId: String(savedMetric?.id),
    metric: { mean: { source: { anyEvent: true } } },
    role: 'PRIMARY',
    projectId: String(tenant.project.id),
    targetProjectId: String(tenant.project.id),
    id: String((mutation.includes('FeatureFlag') ? flag : mutation.includes('SavedMetric') ? savedMetric : experiment)?.id),
    name: `x ${serial}`,
    key: `key-${serial}`,
    featureFlagKey: `flag-${serial}`,
    promptName: 'greeter',
    versions: [1, 2],
    templates: ['COST'],
    variantKey: 'test',
    reason: 'because',
    actionKey: 'FEATURE_FLAG_ENABLE',
    quorum: 1,
    approverUserIds: [String(tenant.user.id)],
  }
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in type.getFields()))
}

/** Whether a mutation was refused for what is in its input, so that no row was written. */
const changedNothing = (result: string | undefined) => result === undefined || result === 'ValidationError' || result === 'NotFoundError'

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})

it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
  '%s takes no odd input for our own failure',
  { timeout: 300_000 },
  async (name, mutation) => {
    const type = getNamedType(mutation.args[0]?.type) as GraphQLInputObjectType
    const failures: string[] = []
    const seen = new Set<string>()
    let fits = await fitting(name, type)
    for (const field of Object.values(type.getFields())) {
      for (const value of oddValues(field.type, seen)) {
        const input = { ...fits, [field.name]: value }
        const { data, errors = [] } = await run(owner.key, `mutation ($input: ${type.name}!) { ${name}(input: $input) { __typename } }`, {
          input,
        })
        if (errors.some(({ extensions }) => extensions.code === 'INTERNAL_SERVER_ERROR'))
          failures.push(`${field.name}: ${JSON.stringify(value)}`)
        // What was refused is as it was, and fits the next input.
        if (!changedNothing(data?.[name]?.__typename)) fits = await fitting(name, type)
      }
    }
    expect(failures).toEqual([])
  },
)
