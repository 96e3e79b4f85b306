import { type DocumentNode, getOperationAST, isObjectType, Kind, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { requestDemoChange } from '../../../src/features/demo/requestDemoChange.ts'
import { memberEmail, seedDemo } from '../../../src/features/demo/seedDemo.ts'
import { demoEmail } from '../../../src/platform/demoUser.ts'
import { schema } from '../../../src/schema/schema.ts'
import { type Example, requestId } from '../../../src/server/graphiql/examples/example.ts'
import { exampleGroups } from '../../../src/server/graphiql/examples/examples.ts'
import { linkedServer } from '../../support/linkedServer.ts'
import type { PostHog } from '../../support/posthog/startPostHog.ts'
import { seedKey } from '../../support/seed.ts'
import { type Answer, testServer } from '../../support/testServer.ts'

// Every example does what it promises, on the same demo data as the others before it.

const examples = exampleGroups.flatMap((group) => group.examples)
const promised = new Set(examples.flatMap(({ steps }) => steps.flatMap(({ answers }) => answers ?? [])))

/** The id of the change request that an answer is about. */
function requestOf({ data }: Answer): string | undefined {
  return /"changeRequest":\{"id":"([^"]+)"|"nodes":\[\{"id":"([^"]+)"/.exec(JSON.stringify(data))?.slice(1).find(Boolean)
}

const test = await testServer()
await test.db.$transaction((tx) => seedDemo(tx, test.time.now), { timeout: 60_000 })
await requestDemoChange(test, test.time.now)
const keyOf = async (email: string) => seedKey(test.db, await test.db.user.findUniqueOrThrow({ where: { email } }))
const keys = { owner: await keyOf(demoEmail), member: await keyOf(memberEmail) }

/** Runs the steps of an example, and checks what each promises. @param between runs after each step */
async function runSteps(
  { query, variables: given, steps }: Example,
  ask: (as: 'owner' | 'member', body: object) => Promise<Answer>,
  between: (variables: Example['variables'], answer: Answer) => void,
): Promise<void> {
  const document = parse(query)
  expect(validate(schema, document)).toEqual([])
  expect(new Set(steps.map(({ operation }) => operation))).toEqual(new Set(operationNames(document)))
  const variables = { ...given }
  for (const { operation, as = 'owner', answers } of steps) {
    if (getOperationAST(document, operation)?.operation === 'subscription') continue
    const answer = await ask(as, { query, variables, operationName: operation })
    expect(answer.errors).toBeUndefined()
    const [first] = Object.values(answer.data) as { __typename?: string }[]
    expect(first).not.toBeNull()
    if (answers !== undefined) expect(first).toMatchObject({ __typename: answers })
    between(variables, answer)
  }
}

describe.each(examples.filter(({ needs }) => needs === undefined))('the example "$title"', (example: Example) => {
  it('is valid, and each of its steps answers what it promises', async () => {
    await runSteps(
      example,
      (as, body) => send(keys[as], body),
      (variables, answer) => {
        if (variables.request === requestId) variables.request = requestOf(answer) ?? requestId
        test.time.now = new Date(test.time.now.getTime() + 1_500)
      },
    )
  })
})

describe.each(examples.filter(({ needs }) => needs !== undefined))('the example "$title"', (example: Example) => {
  it('is valid, and each of its steps answers what it promises in a linked project', async () => {
    const fill = (posthog: PostHog) => posthog.fill({ flags: 1, experiments: 0 })
    const linked = await linkedServer({ ...(example.needs === undefined ? {} : { mode: example.needs }), fill })
    const chosen = { ...example, variables: { ...example.variables, project: String(linked.project.id) } }
    await runSteps(
      chosen,
      (_, body) => send(linked.key, body, linked.server),
      (variables, { data }) => {
        const [flag] = data.project?.featureFlags.nodes ?? []
        if (flag === undefined) return
        Object.assign(variables, { flag: flag.id, ...('version' in variables ? { version: flag.version } : {}) })
        // What the tab asks the reader to do in PostHog.
        const [there] = linked.posthog.state.flags.where(({ key }) => key === flag.key)
        if (there !== undefined) linked.posthog.person.updateFlag(there.id, { name: 'Their name' })
      },
    )
  })
})

it('there is an example of every error type', () => {
  const errors = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Error'),
  )
  expect(errors.map(({ name }) => name).filter((name) => !promised.has(name))).toEqual([])
})

it('there is an example of every subscription', () => {
  const text = examples.map(({ query }) => query).join('\n')
  for (const field of Object.keys(schema.getSubscriptionType()?.getFields() ?? {})) expect(text).toContain(`${field}(`)
})

it('no two examples have the same title', () => {
  expect(new Set(examples.map(({ title }) => title)).size).toBe(examples.length)
})

function operationNames({ definitions }: DocumentNode): string[] {
  return definitions.flatMap((node) => (node.kind === Kind.OPERATION_DEFINITION ? [node.name?.value ?? ''] : []))
}

async function send(key: string, body: object, server = test.server): Promise<Answer> {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  return (await response.json()) as Answer
}
