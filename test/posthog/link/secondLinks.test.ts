import { describe, expect, it } from 'vitest'
import { seedProject } from '../../support/seed.ts'
import { linkStage } from './support.ts'

const { posthog, db, links, copied, linked, linkOf, round } = await linkStage()
posthog.person.createFlag({ key: 'one' })
const other = posthog.addProject()
const target = { host: posthog.origin, key: posthog.key.token, mode: 'mirror' } as const

describe('who links', () => {
  it('is told if somebody links the same project at the same moment', async () => {
    const { organizationId } = await linked()
    await db.projectLink.deleteMany()
    const projects = [await seedProject(db, { id: organizationId }), await seedProject(db, { id: organizationId })]
    const upstreamProjectId = posthog.project.id
    const link = (project: { id: number }) => links.link({ ...target, projectId: project.id, upstreamProjectId })
    const twice = await Promise.allSettled([link(projects[0] as never), link(projects[0] as never)])
    expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(twice.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringContaining('is linked already') },
    })
    await db.projectLink.deleteMany()
    const both = await Promise.allSettled(projects.map(link))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringMatching(/^Project \d+ of .* is linked already, with project \d+ here\.$/) },
    })
    await db.projectLink.deleteMany()
  })

  it('may link a project again to the PostHog that its rows come from, also if its flags have other names there by now', async () => {
    const project = await copied()
    await links.unlink(project.id)
    posthog.person.updateFlag(1, { key: 'renamed' })
    await links.link({ ...target, projectId: project.id, upstreamProjectId: posthog.project.id })
    await round(1)
    expect(await linkOf(project.id)).toMatchObject({ state: 'following' })
    expect(await db.featureFlag.findMany({ where: { projectId: project.id, key: 'renamed' } })).toHaveLength(1)
    await links.unlink(project.id)
  })

  it('may not link it to one where the same numbers mean other rows, and nothing is written', async () => {
    const project = await copied()
    await links.unlink(project.id)
    const before = await db.featureFlag.findMany({ where: { projectId: project.id } })
    // A PostHog of another company has a flag of this number too.
    const flag = posthog.as(posthog.owner, other.id).createFlag({ key: 'foreign' })
    await db.featureFlag.updateMany({ where: { projectId: project.id, importedId: 1 }, data: { importedId: flag.id } })
    await expect(links.link({ ...target, projectId: project.id, upstreamProjectId: other.id })).rejects.toThrow(
      `The rows of project ${project.id} come from another project of PostHog: its flag ${flag.id} is 'renamed' here and 'foreign' there.`,
    )
    expect(await db.projectLink.count({ where: { projectId: project.id } })).toBe(0)
    const after = await db.featureFlag.findMany({ where: { projectId: project.id } })
    expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key))
  })
})
