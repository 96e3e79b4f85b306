import { type GraphQLObjectType, isUnionType } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/schema.ts'
import { nodeTypes, servedSchema } from '../relay/relaySchema.ts'
import { controlAndTest, seedExperiment, seedFlag } from '../support/seed.ts'
import { type EveryType, seedEveryType } from '../support/seedEveryType.ts'
import { globalId, seedTenant, testServer } from '../support/testServer.ts'

// A row of another tenant does not exist, by whatever way it is asked for: by its id, as a reference, or as something that an own row names.
// Every type with an id is met here by itself.

const tested = await testServer()
const { db, run } = tested
const types = nodeTypes(await servedSchema(tested)).map(({ name }) => name)
const union = schema.getType('_Entity')
const entities = isUnionType(union) ? union.getTypes() : []

let theirs: EveryType
let ours: Awaited<ReturnType<typeof seedTenant>>
beforeAll(async () => {
  theirs = await seedEveryType(db)
  ours = await seedTenant(db)
})

const numberOf = (id: string) => Number(Buffer.from(id, 'base64').toString().split(':')[1])
const firstOf = (type: string) => {
  const id = theirs.ids[type]?.[0]
  if (id === undefined) throw new Error(`There are no rows of ${type}.`)
  return id
}

/** Whether a reference may name a row by its number. Those of users are no keys. */
const hasNumber = (type: GraphQLObjectType) => type.name !== 'User' && type.getFields().databaseId !== undefined

describe.each(types)('a %s of another tenant', (type) => {
  it('is null by `node` and `nodes`, for those alone who may not see it', async () => {
    const document = 'query ($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id } nodes(ids: $ids) { __typename id } }'
    const ids = theirs.ids[type] ?? []
    const variables = { id: firstOf(type), ids }
    expect(await run(ours.key, document, variables)).toEqual({ data: { node: null, nodes: ids.map(() => null) } })
    const { data } = await run(theirs.key, document, variables)
    expect(data.node).toEqual({ __typename: type, id: firstOf(type) })
  })
})

describe.each(entities.map((type) => [type.name, type] as const))('a reference to a %s of another tenant', (name, type) => {
  const document = 'query ($references: [_Any!]!) { _entities(representations: $references) { __typename } }'

  it('is null by each key', async () => {
    const references: object[] = [{ __typename: name, id: firstOf(name) }]
    if (hasNumber(type)) references.push({ __typename: name, databaseId: numberOf(firstOf(name)) })
    if (name === 'FeatureFlag') {
      const { projectId, key } = await db.featureFlag.findUniqueOrThrow({ where: { id: numberOf(firstOf(name)) } })
      references.push({ __typename: name, projectId, key })
    }
    expect(await run(ours.key, document, { references })).toEqual({ data: { _entities: references.map(() => null) } })
    const { data } = await run(theirs.key, document, { references })
    expect(data._entities).toEqual(references.map(() => ({ __typename: name })))
  })
})

describe('what an own row names by a number of another tenant', () => {
  const theirNumber = (type: string) => numberOf(firstOf(type))

  it('is null in the conditions and the holdout of a flag', async () => {
    const properties = [
      { type: 'cohort', key: 'id', operator: 'in', value: theirNumber('Cohort') },
      { type: 'flag', key: String(theirNumber('FeatureFlag')), operator: 'flag_evaluates_to', value: true },
    ]
    const holdout = { id: theirNumber('Holdout'), exclusion_percentage: 5 }
    const filters = { ...controlAndTest, groups: [{ properties, rollout_percentage: 100 }], holdout }
    const flag = await seedFlag(db, ours.project, { filters: filters as object })
    const { data, errors } = await run(
      ours.key,
      `query ($id: ID!) { node(id: $id) { ... on FeatureFlag {
        holdout { name } conditions { properties { kind cohort { name } featureFlag { key } } }
        dependencies { featureFlag { key } problem } evaluate(distinctId: "ada") { missing reason } } } }`,
      { id: globalId('FeatureFlag', flag.id) },
    )
    expect(errors).toBeUndefined()
    expect(data.node).toMatchObject({
      holdout: null,
      conditions: [
        {
          properties: [
            { kind: 'COHORT', cohort: null },
            { kind: 'FLAG', featureFlag: null },
          ],
        },
      ],
      dependencies: [{ featureFlag: null }],
      evaluate: { reason: 'MISSING_DEPENDENCY' },
    })
    expect(data.node.evaluate.missing).toEqual(expect.arrayContaining([`cohort:${theirNumber('Cohort')}`]))
  })

  it('is null in the metrics, the exposure and the cohort of an experiment', async () => {
    const node = { kind: 'ActionsNode', id: theirNumber('Action') }
    const metric = { kind: 'ExperimentMetric', metric_type: 'mean', uuid: '00000000-0000-4000-8000-000000000009', source: node }
    const experiment = await seedExperiment(db, await seedFlag(db, ours.project), {
      metrics: [metric],
      exposureCriteria: { exposure_config: node },
      exposureCohortId: theirNumber('Cohort'),
      parameters: { prompt_metadata: { name: 'greeter' } },
    })
    const { data, errors } = await run(
      ours.key,
      `query ($id: ID!) { node(id: $id) { ... on Experiment {
        primaryMetrics { ... on MeanMetric { source { kind action { name } } } } exposure { action { name } } exposureCohort { name }
        holdout { name } prompt { name prompt { name } } } } }`,
      { id: globalId('Experiment', experiment.id) },
    )
    expect(errors).toBeUndefined()
    expect(data.node).toMatchObject({
      primaryMetrics: [{ source: { kind: 'ACTION', action: null } }],
      exposure: { action: null },
      exposureCohort: null,
      holdout: null,
      prompt: { prompt: null },
    })
  })
})
