import { expect, it } from 'vitest'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { seedFlag } from '../../../support/seed.ts'
import { seedTenant, testServer } from '../../../support/testServer.ts'

// How many statements a write takes in its transaction, with the one that reads the answer. Each request also looks for its key.

const { db, run, countStatements } = await testServer()
const { key, organization, project } = await seedTenant(db)
let writes = 0

async function write(mutation: string, typename: string): Promise<void> {
  const { data, errors } = await run(key, `mutation { result: ${mutation} { __typename ... on Error { message } } }`)
  expect({ result: data?.result.__typename, errors }).toEqual({ result: typename, errors: undefined })
}

const flag = await seedFlag(db, project)
const update = (typename: string) => write(`updateFeatureFlag(input: { id: ${flag.id}, name: "Renamed ${++writes}" })`, typename)
const create = (typename: string) => write(`createFeatureFlag(input: { projectId: ${project.id}, key: "new-${++writes}" })`, typename)

it('a change of a flag takes seven statements, and one for the answer', async () => {
  // The key, and who renames.
  expect(await countStatements(() => update('FeatureFlag'))).toBeLessThanOrEqual(2 + 7 + 1)
})

it('a new flag takes eight statements, and one for the answer', async () => {
  // The key, and the project.
  expect(await countStatements(() => create('FeatureFlag'))).toBeLessThanOrEqual(2 + 8 + 1)
})

it('a change that waits for approval takes twelve: it also looks for other requests, and for those who may approve', async () => {
  await seedPolicy(db, { organization, project }, 'FEATURE_FLAG_UPDATE', [await seedColleague(db, { organization })])
  const guarded = [await seedFlag(db, project), await seedFlag(db, project)]
  const ask = () =>
    write(
      `updateFeatureFlag(input: { id: ${guarded.shift()?.id}, filters: { groups: [{ rollout_percentage: 5 }] } })`,
      'ApprovalRequiredError',
    )
  expect(await countStatements(ask)).toBeLessThanOrEqual(1 + 12)
})
