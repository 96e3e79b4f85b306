import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OperationDefinitionNode, parse } from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import { ensureDemo } from '../../src/features/demo/ensureDemo.ts'
import { listen } from '../support/listen.ts'
import { subscribe } from '../support/subscribe.ts'
import { globalId, testServer } from '../support/testServer.ts'
import { type Block, documents } from './documents.ts'

// Runs every GraphQL block of the documents on the demo data, in their order, so that a reader can paste each of them. A JSON block right
// after one is its whole answer.

const tested = await testServer()
const { db, server, run, time } = tested
const folder = await mkdtemp(join(tmpdir(), 'demo-keys-'))
afterAll(() => rm(folder, { recursive: true }))
const demo = await ensureDemo(tested, folder, time.now)
const url = await listen(server)

const userOf = (name: string) => db.user.findFirstOrThrow({ where: { email: `${name}@example.com` } })
/** The keys of an owner and a member, as `npm start` prints them. */
const keys = { demo: demo?.key ?? '', grace: demo?.member?.key ?? '' }

/** Who sends the operations; the owner sends all others. */
const senders: Record<string, keyof typeof keys> = { RequestChange: 'grace' }

/** What the variables of the documents stand for. */
const variables: Record<string, () => Promise<unknown>> = {
  project: async () => 1,
  after: async () => null,
  flag: async () => 13,
  version: async () => (await db.featureFlag.findUniqueOrThrow({ where: { id: 13 } })).version,
  experiment: async () => globalId('Experiment', (await db.experiment.findFirstOrThrow({ where: { name: 'Zoom on hover' } })).id),
  approver: async () => 1,
  request: async () => {
    const { data } = await run(keys.demo, '{ changeRequests(projectId: 1, states: [PENDING]) { nodes { id description } } }')
    return data.changeRequests.nodes.find(({ description }: { description: string }) => description.includes('loyalty-points'))?.id
  },
}

/** What makes each subscription send an event. */
const causes: Record<string, () => Promise<unknown>> = {
  experimentUpdated: async () =>
    run(keys.demo, 'mutation ($id: ID!) { updateExperiment(input: { id: $id, name: "Zoom on click" }) { __typename } }', {
      id: await variables.experiment?.(),
    }),
  changeRequestUpdated: async () => {
    const { id: approver } = await userOf('ada')
    await db.approvalPolicy.create({
      data: {
        organizationId: (await db.organization.findFirstOrThrow()).id,
        projectId: 1,
        actionKey: 'FEATURE_FLAG_DISABLE',
        quorum: 1,
        approverUserIds: [approver],
      },
    })
    return run(keys.grace, 'mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, active: false }) { __typename } }', {
      id: await variables.flag?.(),
    })
  },
}

const blocks = documents.flatMap(({ path, blocks, text }) =>
  blocks.flatMap((block, index) => {
    if (block.language !== 'graphql') return []
    const next = blocks[index + 1]
    const end = block.line + block.text.split('\n').length
    const between = next === undefined ? '' : text.split('\n').slice(end, next.line - 2)
    const answer = next?.language === 'json' && [...between].every((line) => line.trim() === '') ? next : undefined
    return [{ place: `${path}:${block.line}`, block, answer }]
  }),
)

it('finds the blocks', () => {
  expect(blocks.length).toBeGreaterThan(10)
})

describe.each(blocks)('$place', ({ block, answer }) => {
  const operations = parse(block.text).definitions.filter((node): node is OperationDefinitionNode => node.kind === 'OperationDefinition')

  it.each(operations.map((operation) => [operation.name?.value ?? '', operation] as const))('%s', async (name, operation) => {
    const given: Record<string, unknown> = {}
    for (const { variable } of operation.variableDefinitions ?? []) {
      const value = variables[variable.name.value]
      if (value === undefined) throw new Error(`test/docs/operations.test.ts knows no variable $${variable.name.value}.`)
      given[variable.name.value] = await value()
    }
    const key = keys[senders[name] ?? 'demo']
    if (operation.operation === 'subscription') return follows(operation, block, key, given)
    if (block.text.includes('@defer')) return comesInParts(block, key, given)
    const result = await post(key, { query: block.text, variables: given, ...(name === '' ? {} : { operationName: name }) })
    if (answer !== undefined) return expect(result).toEqual(JSON.parse(answer.text))
    succeeded(result)
  })
})

// biome-ignore lint/suspicious/noExplicitAny: the shape is the document's own
type Result = any

async function post(key: string, body: object, accept = 'application/json'): Promise<Result> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  return accept === 'application/json' ? response.json() : response.text()
}

/** No error, nothing missing, and no error type where a mutation answers a union. */
function succeeded({ data, errors }: Result): void {
  expect(errors).toBeUndefined()
  for (const value of Object.values<Result>(data)) {
    expect(value).not.toBeNull()
    expect(value.__typename ?? '').not.toMatch(/Error$/)
  }
}

async function comesInParts(block: Block, key: string, given: object): Promise<void> {
  const text = await post(key, { query: block.text, variables: given }, 'multipart/mixed')
  const parts: Result[] = [...text.matchAll(/^\{.*\}$/gm)].map(([json]) => JSON.parse(json))
  expect(parts.length).toBeGreaterThan(1)
  expect(parts[0]).toMatchObject({ data: expect.anything(), hasNext: true })
  expect(text).not.toContain('"errors"')
}

async function follows(operation: OperationDefinitionNode, block: Block, key: string, given: Record<string, unknown>): Promise<void> {
  const [field] = operation.selectionSet.selections
  const cause = field?.kind === 'Field' ? causes[field.name.value] : undefined
  if (cause === undefined) throw new Error('test/docs/operations.test.ts does not know what makes this subscription send an event.')
  const { loc } = operation
  const stream = await subscribe(url, key, block.text.slice(loc?.start, loc?.end), given)
  await cause()
  succeeded(await stream.next())
  await stream.end()
}
