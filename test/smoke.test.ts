import { expect, it } from 'vitest'
import { seedFlag } from './support/seed.ts'
import { seedTenant, testServer } from './support/testServer.ts'

const { db, run } = await testServer()

it('lists a flag', async () => {
  const { project, key } = await seedTenant(db)
  const flag = await seedFlag(db, project)
  const { data, errors } = await run(key, `{ eligibleFeatureFlags(projectId: ${project.id}) { nodes { key } } }`)
  expect(errors).toBeUndefined()
  expect(data.eligibleFeatureFlags.nodes).toEqual([{ key: flag.key }])
})
it('refuses', async () => {
  const { project } = await seedTenant(db)
  const { data, errors } = await run('x', `{ eligibleFeatureFlags(projectId: ${project.id}, first: 0) { nodes { key } } }`)
  console.log(JSON.stringify([data, errors]))
  const r = await run((await seedTenant(db)).key, `{ eligibleFeatureFlags(projectId: ${project.id}, first: 0) { nodes { key } } }`)
  console.log(JSON.stringify(r))
})
