import { describe, expect, it } from 'vitest'
import { seedKey } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run } = await testServer()

const templates = [
  { key: 'COST', label: 'Cost', description: 'Compares LLM cost per user across prompt versions.' },
  { key: 'LATENCY', label: 'Latency', description: 'Compares LLM response time per user across prompt versions.' },
  { key: 'EVAL_PASS_RATE', label: 'Eval pass rate', description: 'Compares the share of evaluations that pass across prompt versions.' },
]

describe('promptTemplates', () => {
  it('gives the three templates of the reference, in its order and to the letter', async () => {
    const { key, project } = await seedTenant(db)
    const answer = await run(key, 'query ($id: ID!) { promptTemplates(projectId: $id) { key label description } }', { id: project.id })
    expect(answer).toEqual({ data: { promptTemplates: templates } })
  })

  it('gives the same on Project, and by global id', async () => {
    const { key, project } = await seedTenant(db)
    const { data } = await run(
      key,
      'query ($id: ID!) { promptTemplates(projectId: $id) { key } project(id: $id) { promptTemplates { key label description } } }',
      { id: globalId('Project', project.id) },
    )
    expect(data.promptTemplates.map((template: { key: string }) => template.key)).toEqual(['COST', 'LATENCY', 'EVAL_PASS_RATE'])
    expect(data.project.promptTemplates).toEqual(templates)
  })

  it('is the same list for every project, however often it is read', async () => {
    const one = await seedTenant(db)
    const other = await seedTenant(db)
    const ask = (key: string, id: number) =>
      run(key, 'query ($id: ID!) { promptTemplates(projectId: $id) { key label description } }', { id })
    const answers = [await ask(one.key, one.project.id), await ask(other.key, other.project.id), await ask(one.key, one.project.id)]
    expect(answers.map(({ data }) => data.promptTemplates)).toEqual([templates, templates, templates])
  })

  it('rejects a key without the scope', async () => {
    const { user, project } = await seedTenant(db)
    const key = await seedKey(db, user, { scopes: ['feature_flag:write'] })
    const answer = await run(key, 'query ($id: ID!) { promptTemplates(projectId: $id) { key } }', { id: project.id })
    expect(answer.data).toEqual({ promptTemplates: null })
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'experiment:read' })
  })

  it('knows no project of somebody else', async () => {
    const { key } = await seedTenant(db)
    const { project } = await seedTenant(db)
    const answer = await run(key, 'query ($id: ID!) { promptTemplates(projectId: $id) { key } }', { id: project.id })
    expect(answer.data).toEqual({ promptTemplates: null })
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND'])
  })
})
