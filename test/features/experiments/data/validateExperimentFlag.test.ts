import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../../src/database/generated/client.ts'
import { readPercentage } from '../../../../src/features/featureFlags/rules/variants.ts'
import { controlAndTest, seedExperiment, seedFlag } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

// What `experimentEligibility` says of a flag, and what each operation that puts an experiment on a flag does with it.

const { db, run } = await testServer()

const twoVariants = 'Feature flag must have at least 2 variants (control and at least one test variant)'
const noControl = "Feature flag must have a variant with key 'control'"
const malformed = 'The filters of the feature flag are malformed: see experimentEligibility.'
const flag = (...keys: string[]) => ({ multivariate: { variants: keys.map((key) => ({ key, rollout_percentage: 0 })) } })
const [control, test] = [
  { key: 'control', rollout_percentage: 50 },
  { key: 'test', rollout_percentage: 50 },
]

describe.each<[string, object, string[], string[]]>([
  ['control first', flag('control', 'test'), [], []],
  ['control last', flag('a', 'control'), ['CONTROL_NOT_FIRST'], []],
  ['control alone', flag('control'), ['TOO_FEW_VARIANTS'], [twoVariants]],
  ['no control', flag('a', 'b'), ['CONTROL_NOT_FIRST'], [noControl]],
  ['control in other capitals', flag('Control', 'test'), ['CONTROL_NOT_FIRST'], [noControl]],
  ['control with a space', flag('control ', 'test'), ['CONTROL_NOT_FIRST'], [noControl]],
  ['no variants', flag(), ['TOO_FEW_VARIANTS'], [twoVariants, noControl]],
  ['no multivariate', { multivariate: null }, ['NOT_MULTIVARIATE'], [twoVariants, noControl]],
  ['a variant without a key', { multivariate: { variants: [control, test, {}] } }, ['MALFORMED_FILTERS'], [malformed]],
  ['a share as text', { multivariate: { variants: [control, { ...test, rollout_percentage: '50' }] } }, ['MALFORMED_FILTERS'], [malformed]],
  ['a percentage as text', { ...controlAndTest, groups: [{ rollout_percentage: '100' }] }, ['MALFORMED_FILTERS'], [malformed]],
])('a flag with %s', (_what, filters, reasons, messages) => {
  async function scene() {
    const tenant = await seedTenant(db)
    const stored = await seedFlag(db, tenant.project, { key: 'used', active: false, filters: filters as Prisma.InputJsonObject })
    const ask = async (mutation: string, input: object) => {
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
      const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) {
        __typename ... on ValidationError { fieldErrors { path message } } } }`
      const { data, errors } = await run(tenant.key, query, { input })
      expect(errors).toBeUndefined()
      const { __typename, fieldErrors = [] } = data[mutation]
      return { __typename, messages: fieldErrors.map(({ message }: { message: string }) => message), fieldErrors }
    }
    return { ...tenant, stored, ask }
  }
  const answer = messages.length === 0 ? 'Experiment' : 'ValidationError'

  it('is eligible or not for these reasons', async () => {
    const { key, stored } = await scene()
    const { data } = await run(
      key,
      `{ node(id: "${globalId('FeatureFlag', stored.id)}") { ... on FeatureFlag { experimentEligibility { eligible reasons } } } }`,
    )
    expect(data.node.experimentEligibility).toEqual({ eligible: reasons.length === 0, reasons })
  })

  it('can be used by a new experiment, or not', async () => {
    const { ask, project } = await scene()
    const answered = await ask('createExperiment', { projectId: project.id, name: 'x', featureFlagKey: 'used' })
    expect(answered).toMatchObject({ __typename: answer, messages })
    expect(await db.experiment.count({ where: { projectId: project.id } })).toBe(messages.length === 0 ? 1 : 0)
  })

  it('can be launched, by itself and by a date, and copied, or not', async () => {
    const { ask, stored, project } = await scene()
    const draft = await seedExperiment(db, stored)
    const id = globalId('Experiment', draft.id)
    expect(await ask('duplicateExperiment', { id, featureFlagKey: 'another' })).toMatchObject({ __typename: answer, messages })
    expect(await db.featureFlag.count({ where: { projectId: project.id } })).toBe(messages.length === 0 ? 2 : 1)
    const dated = await ask('updateExperiment', { id, startDate: '2026-11-10T00:00:00Z' })
    expect(dated).toMatchObject({ __typename: answer, messages })
    if (messages.length > 0) expect(await ask('launchExperiment', { id })).toMatchObject({ __typename: answer, messages })
  })
})

it.each([null, undefined, 0, 33.3, 100, -0.1, 100.1, '100', '', true, [], [5], {}, 1e300])(
  'the percentage %j is read alike in SQL and here',
  async (percentage) => {
    const { project } = await seedTenant(db)
    const filters = { ...controlAndTest, groups: [{ properties: [], rollout_percentage: percentage }] } as Prisma.InputJsonObject
    const { ineligibility } = await seedFlag(db, project, { filters })
    expect(ineligibility).toEqual(readPercentage(percentage, 100) === null ? ['MALFORMED_FILTERS'] : [])
  },
)
