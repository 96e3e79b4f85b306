import { expect, it } from 'vitest'
import { controlAndTest, seedExperiment, seedFlag, seedOrganization, seedProject, seedUser } from '../support/seed.ts'
import { openTestDatabase } from '../support/testDatabase.ts'

const { db } = await openTestDatabase()
const organization = await seedOrganization(db)
const project = await seedProject(db, organization)
const other = await seedProject(db, organization)

it('lets one live flag of a project have a key, and frees it with a deletion', async () => {
  const flag = await seedFlag(db, project, { key: 'once' })
  await expect(seedFlag(db, project, { key: 'once' })).rejects.toThrow('Unique constraint')
  await seedFlag(db, other, { key: 'once' })
  await db.featureFlag.update({ where: { id: flag.id }, data: { deleted: true } })
  await seedFlag(db, project, { key: 'once' })
})

it.each([
  ['a blank key', { key: ' ' }],
  ['an empty key', { key: '' }],
  ['a key of 401 characters', { key: 'k'.repeat(401) }],
  ['filters that are no object', { filters: [] }],
  ['a flag that is archived and on', { archived: true, active: true }],
  ['experience continuity by device', { ensureExperienceContinuity: true, bucketingIdentifier: 'device_id' as const }],
  ['encrypted payloads of a flag that is no remote configuration', { hasEncryptedPayloads: true }],
])('rejects %s', async (_case, data) => {
  await expect(seedFlag(db, project, data)).rejects.toThrow()
})

it('keeps an experiment and its flag in one project, and the flag while the experiment is there', async () => {
  const flag = await seedFlag(db, project)
  const constraint = 'experiments_project_id_feature_flag_id_fkey'
  await expect(seedExperiment(db, { ...flag, projectId: other.id })).rejects.toThrow(constraint)
  await seedExperiment(db, flag)
  await expect(db.featureFlag.delete({ where: { id: flag.id } })).rejects.toThrow(constraint)
})

it('keeps a survey to the flags of its project', async () => {
  const flag = await seedFlag(db, project)
  const survey = { name: 'Survey', projectId: other.id, targetingFlagId: flag.id }
  await expect(db.survey.create({ data: survey })).rejects.toThrow('surveys_project_id_targeting_flag_id_fkey')
})

it('takes context names only in lower case and trimmed, once a project', async () => {
  await db.evaluationContext.create({ data: { projectId: project.id, name: 'web' } })
  for (const name of ['web', 'Web', ' web', '']) {
    await expect(db.evaluationContext.create({ data: { projectId: project.id, name } })).rejects.toThrow()
  }
})

it('has one latest version of a prompt, and each version once', async () => {
  const prompt = { projectId: project.id, name: 'greeter', prompt: 'Hello', version: 1, isLatest: true }
  await db.prompt.create({ data: prompt })
  await expect(db.prompt.create({ data: { ...prompt, isLatest: false } })).rejects.toThrow('Unique constraint')
  await expect(db.prompt.create({ data: { ...prompt, version: 2 } })).rejects.toThrow('Unique constraint')
  await expect(db.prompt.create({ data: { ...prompt, version: 0, isLatest: false } })).rejects.toThrow()
})

it('stores no key but as a hash', async () => {
  const user = await seedUser(db, organization)
  await expect(
    db.personalApiKey.create({ data: { userId: user.id, label: 'x', mask: 'phx_...abcd', secureValue: 'phx_plain', scopes: [] } }),
  ).rejects.toThrow()
})

it('has an e-mail address once, in lower case', async () => {
  await expect(seedUser(db, organization, { email: 'Ada@example.com' })).rejects.toThrow()
})

it('knows the levels of membership', async () => {
  await expect(seedUser(db, organization, { level: 2 })).rejects.toThrow()
})

it('finds out itself why a flag is ineligible, and forgets nothing when it changes', async () => {
  const flag = await seedFlag(db, project)
  expect(flag.ineligibility).toEqual([])
  const changed = await db.featureFlag.update({ where: { id: flag.id }, data: { filters: {}, deleted: true } })
  expect(changed.ineligibility).toEqual(['DELETED', 'NOT_MULTIVARIATE'])
  const back = await db.featureFlag.update({ where: { id: flag.id }, data: { filters: controlAndTest, deleted: false } })
  expect(back.ineligibility).toEqual([])
})
