import { expect, it } from 'vitest'
import { listen } from '../support/listen.ts'
import { seedExperiment, seedFlag } from '../support/seed.ts'
import { subscribe } from '../support/subscribe.ts'
import { globalId, seedTenant, testServer } from '../support/testServer.ts'

const { db, server, run } = await testServer()
const { key, project } = await seedTenant(db)
const flag = await seedFlag(db, project)
const id = globalId('FeatureFlag', flag.id)

const previews = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => `p${index}: preview(change: { active: false }, sample: { synthetic: 1 }) { fieldErrors { path } }`,
  ).join(' ')
const codesOf = (errors: { extensions: { code: string } }[] = []) => errors.map(({ extensions }) => extensions.code)

it('the operations of a batch share a budget', async () => {
  const query = `{ featureFlag(id: "${id}") { ${previews(6)} } }`
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify([{ query }, { query }]),
  })
  const answers: { errors?: { extensions: { code: string } }[] }[] = await response.json()
  const codes = answers.flatMap(({ errors }) => codesOf(errors))
  expect(new Set(codes)).toEqual(new Set(['OPERATION_TOO_EXPENSIVE']))
})

it('a mutation does not begin a new budget', async () => {
  const field = (name: string) => `updateFeatureFlag(input: { id: "${id}", name: "${name}" }) { ... on FeatureFlag { ${previews(6)} } }`
  const { errors } = await run(key, `mutation { a: ${field('a')} b: ${field('b')} }`)
  expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['OPERATION_TOO_EXPENSIVE']))
})

it('each event of a subscription has a budget of its own', async () => {
  const experiment = await seedExperiment(db, flag)
  const query = `subscription { experimentUpdated(projectId: ${project.id}) { featureFlag { ${previews(6)} } } }`
  const events = await subscribe(`${await listen(server)}`, key, query)
  for (const name of ['first', 'second', 'third']) {
    await run(key, 'mutation ($id: ID!, $name: String!) { updateExperiment(input: { id: $id, name: $name }) { __typename } }', {
      id: globalId('Experiment', experiment.id),
      name,
    })
    expect((await events.next())?.errors).toBeUndefined()
  }
  await events.end()
})
