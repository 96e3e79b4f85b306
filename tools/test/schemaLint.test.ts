import { readFileSync } from 'node:fs'
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

// The rules for schema.graphql can fail: a rule that is switched off, or finds nothing any more, would not be missed otherwise.

const sdl = readFileSync('schema.graphql', 'utf8')
const eslint = new ESLint({ overrideConfigFile: 'tools/eslint.config.js' })

/** The rules that schema.graphql breaks with the first text in it as the second. */
async function brokenBy(from: string | RegExp, to: string): Promise<(string | null)[]> {
  const text = sdl.replace(from, to)
  expect(text).not.toBe(sdl)
  const [result] = await eslint.lintText(text, { filePath: 'schema.graphql' })
  return [...new Set(result?.messages.map(({ ruleId }) => ruleId))]
}

describe('the rules for schema.graphql', () => {
  it.each([
    ['require-description', 'a field without a description', /""".*"""(?=\n {2}email: String!)/, ''],
    ['require-description', 'an argument without one', /""".*"""(?=\n {4}last: Int)/, ''],
    ['require-description', 'an input field without one', /""".*"""(?=\n {2}direction: OrderDirection)/, ''],
    ['require-description', 'an enum value without one', /""".*"""(?=\n {2}SERVER\n)/, ''],
    ['require-deprecation-reason', 'a deprecation without a reason', /\bemail: String!/, 'email: String! @deprecated'],
    ['naming-convention', 'a field in snake case', /\bfirstName: String!/, 'first_name: String!'],
    ['naming-convention', 'an enum value in small letters', /^ {2}SERVER$/m, '  Server'],
    ['no-typename-prefix', 'a field that repeats its type', /\bfirstName: String!/, 'userFirstName: String!'],
    ['known-directives', 'a directive that is none', /\bemail: String!/, 'email: String! @nowhere'],
    ['known-type-names', 'a type that is none', /\bemail: String!/, 'email: Nowhere!'],
    ['relay-arguments', 'a list that goes one way only', /^ {4}before: String$/m, '    until: String'],
    ['relay-connection-types', 'a connection whose edges are no list', /^ {2}edges: \[ProjectEdge!\]!/m, '  edges: ProjectEdge!'],
    ['relay-edge-types', 'an edge without a cursor', /^ {2}cursor: String!/m, '  mark: String!'],
    ['relay-page-info', 'a page that may not know whether there is more', /^ {2}hasNextPage: Boolean!/m, '  hasNextPage: Boolean'],
    [
      'input-name',
      'a mutation whose argument has a name of its own',
      /^ {4}input: CreateFeatureFlagInput!/m,
      '    flag: CreateFeatureFlagInput!',
    ],
    ['no-scalar-result-type-on-mutation', 'a mutation that answers a scalar', ': CreateFeatureFlagResult!', ': Boolean!'],
    ['strict-id-in-types', 'a new type without an id', /$/, '\n"""A team."""\ntype Team {\n  """Its name."""\n  name: String!\n}\n'],
  ])('%s: reject %s', async (rule, _what, from, to) => {
    expect(await brokenBy(from, to)).toContain(`@graphql-eslint/${rule}`)
  })
})
