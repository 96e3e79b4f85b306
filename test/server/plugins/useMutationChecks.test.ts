import { isInterfaceType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { AccessOptions } from '../../../src/graphql/refusedSelection.ts'
import { schema } from '../../../src/schema/schema.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { seedExperiment, seedFlag, seedKey } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const compiled = await testServer({ compiledExecutor: true })
const { db, serverOn } = compiled
const plain = serverOn(compiled, { compiledExecutor: false })

async function scene(scopes: string[]) {
  const tenant = await seedTenant(db)
  const flag = await seedFlag(db, tenant.project)
  const experiment = await seedExperiment(db, flag, { name: 'Before' })
  const rename = async (selection: string, extra = '', variables: object = {}, declared = '') => {
    const response = await server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        query: `mutation ($input: UpdateExperimentInput!${declared}) { renamed: updateExperiment(input: $input) { __typename ${selection} } } ${extra}`,
        variables: { input: { id: globalId('Experiment', experiment.id), name: 'After' }, ...variables },
      }),
    })
    return response.json()
  }
  const key = await seedKey(db, tenant.user, { scopes })
  let server = compiled.server
  return {
    ...tenant,
    flag,
    experiment,
    key,
    rename,
    useServer: (other: typeof server) => {
      server = other
    },
    name: async () => (await db.experiment.findUniqueOrThrow({ where: { id: experiment.id } })).name,
  }
}

const lacks = (requiredScope: string, path: string[]) => ({
  data: null,
  errors: [{ message: `API key missing required scope '${requiredScope}'`, path, extensions: { code: 'FORBIDDEN', requiredScope } }],
})

describe.each(['compiled', 'plain'])('a mutation on the %s executor', (executor) => {
  async function prepared(scopes: string[]) {
    const made = await scene(scopes)
    if (executor === 'plain') made.useServer(plain)
    return made
  }

  it.each([
    ['a field of a type', '... on Experiment { id featureFlag { key } }', '', 'feature_flag:read', ['renamed', 'featureFlag']],
    ['an alias', '... on Experiment { f: featureFlag { key } }', '', 'feature_flag:read', ['renamed', 'f']],
    ['a list', '... on Experiment { activity { nodes { detail } } }', '', 'activity_log:read', ['renamed', 'activity']],
    [
      'what another field holds',
      '... on Experiment { pendingChangeRequests { nodes { id } } }',
      '',
      'approvals:read',
      ['renamed', 'pendingChangeRequests'],
    ],
    [
      'a fragment',
      '...Parts',
      'fragment Parts on Experiment { ...More } fragment More on Experiment { featureFlag { id } }',
      'feature_flag:read',
      ['renamed', 'featureFlag'],
    ],
    ['an interface', '... on Node { ... on Experiment { featureFlag { id } } }', '', 'feature_flag:read', ['renamed', 'featureFlag']],
    [
      'the request of an error',
      '... on ApprovalRequiredError { changeRequest { activity { nodes { detail } } } }',
      '',
      'activity_log:read',
      ['renamed', 'changeRequest', 'activity'],
    ],
  ])('is refused before it writes if the key may not read %s', async (_what, selection, fragments, scope, path) => {
    const { rename, name } = await prepared(['experiment:write'])
    expect(await rename(selection, fragments)).toMatchObject(lacks(scope, path))
    expect(await name()).toBe('Before')
  })

  it('is refused for wrong page arguments in its answer', async () => {
    const { rename, name } = await prepared(['*'])
    for (const [args, argument] of [
      ['first: 101', 'first'],
      ['first: 1, last: 1', 'last'],
      ['after: "no"', 'after'],
    ]) {
      expect(await rename(`... on Experiment { activity(${args}) { nodes { id } } }`)).toMatchObject({
        data: null,
        errors: [{ path: ['renamed', 'activity'], extensions: { code: 'BAD_USER_INPUT', argument } }],
      })
    }
    expect(await name()).toBe('Before')
  })

  it('runs if the field is left out by @skip or @include', async () => {
    const { rename, name } = await prepared(['experiment:write'])
    const selection = '... on Experiment { featureFlag @include(if: $flag) { key } ... @skip(if: true) { featureFlag { key } } }'
    expect(await rename(selection, '', { flag: true }, ', $flag: Boolean!')).toMatchObject(
      lacks('feature_flag:read', ['renamed', 'featureFlag']),
    )
    expect(await name()).toBe('Before')
    expect(await rename(selection, '', { flag: false }, ', $flag: Boolean!')).toEqual({ data: { renamed: { __typename: 'Experiment' } } })
    expect(await name()).toBe('After')
  })

  it('runs if only a nullable field fails, which alone is null then', async () => {
    const { rename, name } = await prepared(['experiment:write'])
    const answer = await rename('... on Experiment { name project { eligibleFeatureFlags { nodes { featureKey: key } } } }')
    expect(answer).toMatchObject({
      data: { renamed: { name: 'After', project: { eligibleFeatureFlags: null } } },
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    })
    expect(await name()).toBe('After')
  })

  it('runs none of several if one of them is refused', async () => {
    const { experiment, key, name } = await prepared(['experiment:write'])
    const id = globalId('Experiment', experiment.id)
    const query = `mutation {
      a: updateExperiment(input: { id: "${id}", name: "After" }) { __typename }
      b: updateFeatureFlag(input: { id: "1", name: "x" }) { __typename }
    }`
    expect(await compiled.run(key, query)).toMatchObject(lacks('feature_flag:write', ['b']))
    expect(await name()).toBe('Before')
  })

  it('may read the change request of its own error without the scope', async () => {
    const { rename, experiment, flag, project, organization, name } = await prepared(['experiment:write'])
    await db.experiment.update({ where: { id: experiment.id }, data: { startDate: new Date('2026-11-01') } })
    await seedPolicy(db, { organization, project }, 'EXPERIMENT_UPDATE', [await seedColleague(db, { organization })])
    const input = { id: globalId('Experiment', experiment.id), rolloutPercentage: 10 }
    const answer = await rename('... on ApprovalRequiredError { changeRequest { state approvals { decision } } }', '', { input })
    expect(answer).toEqual({
      data: { renamed: { __typename: 'ApprovalRequiredError', changeRequest: { state: 'PENDING', approvals: [] } } },
    })
    expect([await name(), await db.changeRequest.count({ where: { featureFlagId: flag.id } })]).toEqual(['Before', 1])
  })

  it('is refused quickly if fragments spread each other very often', async () => {
    const { rename, name } = await prepared(['experiment:write'])
    const fragments = Array.from({ length: 20 }, (_, n) => `fragment F${n} on Experiment { ...F${n + 1} ... { ...F${n + 1} } }`).join(' ')
    const answer = await rename('...F0', `${fragments} fragment F20 on Experiment { featureFlag { id } }`)
    expect(answer.errors).toHaveLength(1)
    expect(await name()).toBe('Before')
  })
})

describe('the schema', () => {
  it('states the scopes of all that a mutation may answer in a form that can be checked before it runs', () => {
    const fields = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      // The root fields of queries find the project first. No mutation answers the root of queries.
      .filter(({ name }) => name !== 'Query' && name !== 'Subscription' && !name.startsWith('__'))
      .flatMap((type) => [type, ...Object.values(type.getFields())])
    for (const { name, extensions } of fields) {
      const { authScopes } = (extensions.pothosOptions ?? {}) as AccessOptions
      expect([name, typeof authScopes]).not.toEqual([name, 'function'])
      expect(['authenticated', 'scope', 'scopes', '$any']).toEqual(expect.arrayContaining(Object.keys(authScopes ?? {})))
    }
  })
})
