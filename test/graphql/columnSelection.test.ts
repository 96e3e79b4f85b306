import { type GraphQLField, getNamedType, isLeafType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/schema.ts'
import { controlAndTest, seedExperiment, seedFlag } from '../support/seed.ts'
import { type Answer, globalId, seedTenant, testServer } from '../support/testServer.ts'

// A list reads only the columns that the selected fields declare. So each field is asked alone, and compared with the row that was read in full.

const { db, run, server } = await testServer()
const { project, user, key } = await seedTenant(db)
const flag = await seedFlag(db, project, {
  key: 'flag',
  name: 'The flag',
  filters: controlAndTest,
  active: true,
  version: 3,
  tags: ['tag'],
  ensureExperienceContinuity: true,
  evaluationRuntime: 'server',
  createdById: user.id,
  lastModifiedById: user.id,
  updatedAt: new Date('2026-11-02'),
})
const experiment = await seedExperiment(db, flag, {
  name: 'The experiment',
  description: 'What it is about',
  startDate: new Date('2026-11-01'),
  conclusion: 'won',
  conclusionComment: 'Why',
  parameters: { a: 1 },
  statsConfig: { b: 2 },
  exposureCriteria: { c: 3 },
  createdById: user.id,
})

function fieldsOf(typename: string): GraphQLField<unknown, unknown>[] {
  const type = schema.getType(typename)
  return isObjectType(type) ? Object.values(type.getFields()) : []
}

/** The arguments of fields that have required ones. */
const requiredArguments: Record<string, string> = {
  evaluate: '(distinctId: "somebody")',
  preview: '(change: { active: false }, sample: { synthetic: 1 })',
  versionAt: '(number: 1)',
}

/** A field with the leaves of what it shows. */
function select({ name: fieldName, type }: GraphQLField<unknown, unknown>): string {
  const inner = getNamedType(type)
  const name = `${fieldName}${requiredArguments[fieldName] ?? ''}`
  if (isLeafType(inner)) return name
  const leaves = fieldsOf(inner.name).filter((field) => isLeafType(getNamedType(field.type)) && field.args.length === 0)
  return `${name} { __typename ${leaves.map((field) => field.name).join(' ')} }`
}

const flags = (fields: string) => `{ list: eligibleFeatureFlags(projectId: ${project.id}, first: 1) { nodes { ${fields} } } }`
const experiments = (fields: string) => `{ list: experiments(projectId: ${project.id}, first: 1) { nodes { ${fields} } } }`
const lists: { list: string; typename: string; id: number; ask: (fields: string) => string; read: (data: Answer['data']) => unknown }[] = [
  { list: 'eligibleFeatureFlags', typename: 'FeatureFlag', id: flag.id, ask: flags, read: ({ list }) => list.nodes[0] },
  { list: 'experiments', typename: 'Experiment', id: experiment.id, ask: experiments, read: ({ list }) => list.nodes[0] },
  {
    list: 'FeatureFlag.experiments',
    typename: 'Experiment',
    id: experiment.id,
    ask: (fields) => flags(`experiments(first: 1) { nodes { ${fields} } }`),
    read: ({ list }) => list.nodes[0].experiments.nodes[0],
  },
]

describe.each(lists)('a row of $list', ({ typename, id, ask, read }) => {
  const cases = fieldsOf(typename).map((field) => ({ name: field.name, selection: select(field) }))

  it.each(cases)('has the columns of $name', async ({ selection }) => {
    const alone = await run(key, ask(selection))
    const full = await run(key, `{ node(id: "${globalId(typename, id)}") { ... on ${typename} { ${selection} } } }`)
    expect([alone.errors, full.errors]).toEqual([undefined, undefined])
    expect(read(alone.data)).toEqual(full.data.node)
  })

  it.each(cases)('has the columns of $name when they come later', async ({ selection }) => {
    const response = await server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: ask(`__typename ... @defer { ${selection} }`) }),
    })
    const text = await response.text()
    expect(text).toContain('"incremental"')
    expect(text).not.toContain('"errors"')
    const full = await run(key, `{ node(id: "${globalId(typename, id)}") { ... on ${typename} { ${selection} } } }`)
    expect(text).toContain(JSON.stringify(full.data.node))
  })
})
