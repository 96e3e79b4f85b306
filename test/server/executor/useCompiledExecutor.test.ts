import { type ExecutionArgs, parse } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import { expect, it } from 'vitest'
import { useCompiledExecutor } from '../../../src/server/executor/useCompiledExecutor.ts'
import { AnswerBudget } from '../../../src/server/limits/answerBudget.ts'

// What our own resolvers never do: each way in which a resolver can give a value or fail, where null is allowed and where it is not.

const soon = async <Value>(value: Value, ticks = 3): Promise<Value> => {
  for (let tick = 0; tick < ticks; tick++) await null
  return value
}
const fail = (message: string) => {
  throw new Error(message)
}
const odd = {
  value: () => 'value',
  missing: () => undefined,
  late: () => soon('late'),
  given: () => new Error('given back'),
  thrown: () => fail('thrown'),
  text: () => {
    throw 'only text'
  },
  several: () => {
    throw new AggregateError([new Error('one'), new Error('two')])
  },
  none: () => {
    throw new AggregateError([])
  },
  refusedLate: () => soon(null, 5).then(() => fail('refused late')),
  refusedLater: () => soon(null, 9).then(() => fail('refused later')),
  noNumber: () => 'x',
}
const fields = Object.keys(odd)
const thing = () => ({})
const schema = createSchema({
  typeDefs: /* GraphQL */ `
    interface Any { value: String }
    type Thing implements Any { ${fields.map((name) => `${name}: ${name === 'noNumber' ? 'Int' : 'String'}`).join(' ')} self: Thing sure: Sure sureLate: Sure! list: [Thing] any: Any }
    type Sure implements Any { ${fields.map((name) => `${name}: ${name === 'noNumber' ? 'Int' : 'String'}!`).join(' ')} self: Sure! }
    type Query {
      thing: Thing sure: Sure late: Thing things: [Thing] sureThings: [Sure!] mixed: [[Thing!]]! anything: [Any] lateAnything: [Any!]
      unlike: [Thing!] noList: [Thing] texts: [String!] echo(text: String = "default", list: [Int!] = [1], needed: Int!): String
    }
    type Mutation { first: Thing second: Sure third: Thing }
  `,
  resolvers: {
    Any: { __resolveType: ({ is }: { is?: string | Promise<string> }) => is },
    Thing: { ...odd, self: thing, sure: thing, sureLate: () => soon({}), list: () => [{}, soon({}), null], any: () => ({ is: 'Sure' }) },
    Sure: { ...odd, self: thing },
    Query: {
      thing,
      sure: thing,
      late: () => soon({}),
      things: () => [{}, null, soon({}), soon(new Error('an error of the list'), 7), new Error('at once')],
      sureThings: () => soon([soon({}), soon({})]),
      mixed: () => [[{}], null, soon([soon({}), soon({})]), [null]],
      anything: () => [{ is: 'Thing' }, { is: soon('Sure') }, { is: 'Query' }, { is: 'Nobody' }, {}, { is: soon(null) }],
      lateAnything: () => soon([{ is: soon('Sure', 8) }, { is: 'Thing' }]),
      unlike: () => [soon(new Error('a late one'), 7), null],
      noList: () => 'text',
      texts: () => new Set(['a', 'b']),
      echo: (_root: unknown, args: object) => JSON.stringify(args),
    },
    Mutation: { first: () => soon({}, 9), second: thing, third: thing },
  },
})

const plain = createYoga({ schema, logging: false, maskedErrors: false })
const compiled = createYoga({
  schema,
  logging: false,
  maskedErrors: false,
  plugins: [useCompiledExecutor(() => new AnswerBudget(1_000_000))],
})
const ask = async (yoga: Pick<typeof plain, 'fetch'>, query: string, variables = {}) => {
  const response = await yoga.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  return response.text()
}

it.each([
  ...fields.map((name) => `{ thing { ${name} value } late { ${name} } }`),
  ...fields.map((name) => `{ sure { value ${name} self { ${name} } } late { sure { late ${name} } value } }`),
  ...fields.map((name) => `{ thing { sureLate { ${name} refusedLate } } things { ${name} sure { ${name} } } }`),
  ...fields.map(
    (name) => `{ sureThings { ${name} } mixed { ${name} sureLate { late ${name} } } anything { __typename ... on Sure { ${name} } } }`,
  ),
  ...fields.map((name) => `mutation { first { ${name} } second { late ${name} } third { __typename } }`),
  `{ thing { ${fields.join(' ')} } }`,
  `{ sure { ${fields.join(' ')} } thing { ${fields.join(' ')} } }`,
  '{ thing { refusedLater refusedLate thrown self { refusedLate sureLate { refusedLater refusedLate } } list { refusedLate } } }',
  '{ lateAnything { __typename value ... on Thing { late } ... on Any { v: value } } thing { any { __typename value } } }',
  '{ noList { value } texts thing { __proto__: value constructor: late } }',
  '{ a: echo(needed: 1) b: echo(needed: 2, text: null, list: 3) c: echo(needed: 3, list: [4, 5], text: "x") }',
  '{ __schema { queryType { name fields { name args { name defaultValue } } } } __type(name: "Sure") { kind } __typename }',
  'query A { thing { value } } query B { sure { value } }',
])('%s is answered as by the usual executor', async (query) => {
  const usual = await ask(plain, query)
  expect(await ask(compiled, query)).toBe(usual)
  expect(await ask(compiled, query)).toBe(usual)
})

// In the usual executor, nobody listens to the late one: a process ends of that.
it('hears of the late items of a list that an early one spoils', async () => {
  const answer = JSON.parse(await ask(compiled, '{ unlike { value } }'))
  expect(answer.data).toEqual({ unlike: null })
  expect(answer.errors).toMatchObject([{ message: 'Cannot return null for non-nullable field Query.unlike.', path: ['unlike', 1] }])
  await soon(null, 20)
})

it('gives arguments as the usual executor does, whatever the variables', async () => {
  const query =
    'query ($text: String, $list: [Int!], $one: Int, $n: Int = 7) { echo(text: $text, list: $list, needed: $n) b: echo(needed: 1, list: [1, $n]) c: echo(needed: 1, list: [2]) @skip(if: false) thing { value } }'
  for (const variables of [
    {},
    { text: null },
    { text: 'x', list: 5 },
    { list: null },
    { n: null },
    { n: 'x' },
    { list: [1, 2], n: 3 },
    { list: [null] },
  ]) {
    expect(await ask(compiled, query, variables)).toBe(await ask(plain, query, variables))
  }
})

it.each([
  ['a query', '{ thing { value } }', {}, true],
  ['a mutation', 'mutation { first { value } }', {}, true],
  ['an answer in parts', '{ thing { value } ... @defer { late { value } } }', {}, false],
  ['an answer in parts, in a fragment', '{ ...a } fragment a on Query { things @stream { value } }', {}, false],
  ['variables of the wrong type', 'query ($n: Int!) { echo(needed: $n) }', { n: 'x' }, false],
  ['a condition that is null', 'query ($a: Boolean = true) { thing @skip(if: $a) { value } }', { a: null }, false],
  ['one of several operations, unnamed', 'query A { thing { value } } query B { thing { value } }', {}, false],
])('%s', async (_what, query, variableValues, byPlan) => {
  expect(await isPlanned({ schema, document: parse(query), variableValues })).toBe(byPlan)
})

it('leaves what plans do not know to the usual executor: other resolvers, and operations that the schema does not have', async () => {
  const document = parse('{ thing { value } }')
  expect(await isPlanned({ schema, document, fieldResolver: () => 'other' })).toBe(false)
  expect(await isPlanned({ schema, document, typeResolver: () => 'Thing' })).toBe(false)
  const readOnly = createSchema({ typeDefs: 'type Query { first: Int }' })
  expect(await isPlanned({ schema: readOnly, document: parse('mutation { first }') })).toBe(false)
})

/** Whether our executor runs an operation. */
async function isPlanned(args: ExecutionArgs): Promise<boolean> {
  let execute: ((args: ExecutionArgs) => unknown) | undefined
  const usual = { data: { the: 'usual executor' } }
  useCompiledExecutor(() => new AnswerBudget(1_000_000)).onExecute?.({
    executeFn: () => usual,
    setExecuteFn: (given: typeof execute) => {
      execute = given
    },
  } as never)
  return (await execute?.(args)) !== usual
}
