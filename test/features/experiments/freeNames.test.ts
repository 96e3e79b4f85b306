import { describe, expect, it } from 'vitest'
import { seedExperiment, seedFlag, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

// Callers that leave a name or key to the service, at once and on two servers. Each gets one of its own, and nobody an error.

const { db, server, serverOn, openSecondConnection } = await testServer()
const servers = [server, serverOn(openSecondConnection())]
const rounds = [1, 2, 3, 4, 5]

async function askAtOnce(
  key: string,
  inputs: readonly object[],
  mutation: string,
): Promise<{ name: string; featureFlag: { key: string } }[]> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
    ... on Experiment { name featureFlag { key } } ... on Error { message }
  } }`
  const answers = inputs.map(async (input, index) => {
    const response = await (servers[index % servers.length] ?? server).fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables: { input } }),
    })
    const { data, errors } = (await response.json()) as { data: { result: never }; errors?: unknown }
    expect(errors).toBeUndefined()
    return data.result
  })
  return Promise.all(answers)
}

const numbered = (base: string, separator: string, first: number, count: number) => [
  base,
  ...Array.from({ length: count - 1 }, (_, index) => `${base}${separator}${index + first}`),
]

describe.each(rounds)('six callers at once, round %i', () => {
  it('each get a flag key of their own from the same prompt', async () => {
    const { key, project } = await seedTenant(db)
    await db.prompt.createMany({ data: [1, 2].map((version) => ({ projectId: project.id, name: 'greeter', prompt: 'Hello', version })) })
    const input = { projectId: project.id, promptName: 'greeter', versions: [1, 2], templates: ['COST'] }
    const made = await askAtOnce(key, Array(6).fill(input), 'createExperimentFromPrompt')
    expect(made.map(({ featureFlag }) => featureFlag.key).sort()).toEqual(numbered('greeter-v1-v2-cost', '-', 2, 6))
  })

  it('each get a name of their own, also where the copied experiments are different ones with one name', async () => {
    const { key, project, organization } = await seedTenant(db)
    const target = await seedProject(db, organization)
    const sources = await Promise.all([1, 2, 3].map(async () => seedExperiment(db, await seedFlag(db, project), { name: 'Checkout' })))
    const ids = [...sources, ...sources].map(({ id }) => ({ id: globalId('Experiment', id) }))
    const duplicates = await askAtOnce(key, ids, 'duplicateExperiment')
    expect(duplicates.map(({ name }) => name).sort()).toEqual(numbered('Checkout (Copy)', ' ', 1, 6))
    const copies = await askAtOnce(
      key,
      ids.map((input) => ({ ...input, targetProjectId: target.id })),
      'copyExperimentToProject',
    )
    expect(copies.map(({ name }) => name).sort()).toEqual(numbered('Checkout (Copy)', ' ', 1, 6))
  })
})
