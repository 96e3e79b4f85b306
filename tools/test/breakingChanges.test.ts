import { describe, expect, it } from 'vitest'
import { breakingChanges } from '../schema/breakingChanges.ts'

const released = `
  directive @key(fields: String!) repeatable on OBJECT
  directive @shareable on OBJECT | FIELD_DEFINITION
  interface Node { id: ID! }
  interface Refusal { message: String! }
  type Query {
    node(id: ID!): Node
    flag(id: ID!, key: String, number: Int @deprecated(reason: "Use id.")): Flag
    rule: Rule @deprecated(reason: "Use flag.")
  }
  type Mutation { change(input: ChangeInput!): Change! }
  type Flag implements Node @key(fields: "id") @key(fields: "key") { id: ID! key: String! name: String! old: Int @deprecated(reason: "Use key.") state: State! }
  type Rule implements Node { id: ID! part: Part! }
  type Part { share: Int }
  type Lost implements Refusal { message: String! }
  type Denied implements Refusal { message: String! @shareable }
  union Change = Flag | Lost | Denied
  input ChangeInput { id: ID! name: String note: String @deprecated(reason: "Nobody reads it.") }
  enum State { ON OFF HALF @deprecated(reason: "Use ON.") }
`
/** Replaces texts of the schema. Fails if a text is not in it, because the test would then change nothing. */
function changed(...replacements: [string, string][]): string {
  return replacements.reduce((sdl, [from, to]) => {
    expect(sdl).toContain(from)
    return sdl.replace(from, to)
  }, released)
}
const changelog = (...names: string[]) => `# Changelog

## Unreleased

- Something new about \`Flag.name\`.

### Breaking

${names.map((name) => `- \`${name}\` is no more.`).join('\n')}

## 0.1.0

### Breaking

- \`Flag.key\` of old.
`
const pathsOf = async (sdl: string, text = changelog()) => (await breakingChanges(released, sdl, text)).map(({ path }) => path)

/** The removals that a release may contain after a deprecation. */
const deprecated: [string, string, [string, string][]][] = [
  ['a field', 'Flag.old', [['old: Int @deprecated(reason: "Use key.")', '']]],
  ['an argument', 'Query.flag.number', [[', number: Int @deprecated(reason: "Use id.")', '']]],
  ['an input field', 'ChangeInput.note', [['note: String @deprecated(reason: "Nobody reads it.")', '']]],
  ['an enum value', 'State.HALF', [['HALF @deprecated(reason: "Use ON.")', '']]],
]
const kept: [string, string, [string, string][]][] = [
  ['a field', 'Flag.name', [['name: String! old', 'old']]],
  ['an argument', 'Query.flag.key', [['key: String, ', '']]],
  ['an input field', 'ChangeInput.name', [['name: String note', 'note']]],
  ['an enum value', 'State.OFF', [['OFF', '']]],
  ['a union member', 'Change.Lost', [['| Lost', '']]],
  ['an interface', 'Flag.Node', [['type Flag implements Node', 'type Flag']]],
  [
    'a type with what led to it',
    'Lost',
    [
      ['type Lost implements Refusal { message: String! }', ''],
      ['| Lost', ''],
    ],
  ],
  ['the kind of a type', 'State', [['enum State { ON OFF HALF @deprecated(reason: "Use ON.") }', 'scalar State']]],
]
const inPlace: [string, string, [string, string][]][] = [
  ['a field that may be null now', 'Flag.name', [['name: String! old', 'name: String old']]],
  ['a field of another type', 'Flag.name', [['name: String! old', 'name: Int! old']]],
  ['an argument that is required now', 'Query.flag.key', [['key: String,', 'key: String!,']]],
  ['a new argument that is required', 'Query.flag.team', [['key: String,', 'key: String, team: ID!,']]],
  ['an input field that is required now', 'ChangeInput.name', [['name: String note', 'name: String! note']]],
  ['a new input field that is required', 'ChangeInput.team', [['name: String note', 'name: String team: ID! note']]],
  ['a key of an entity that is gone', 'Flag @key(fields: "key")', [['@key(fields: "key")', '']]],
  ['a key of an entity that needs more', 'Flag @key(fields: "key")', [['@key(fields: "key")', '@key(fields: "key name")']]],
  ['a field that is not shared any more', 'Denied.message @shareable', [['@shareable }', '}']]],
]

describe('breakingChanges', () => {
  it('finds nothing where nothing changed', async () => {
    expect(await pathsOf(released)).toEqual([])
  })

  it('lets a schema grow', async () => {
    const sdl = changed(
      ['name: String! old', 'name: String! more(than: Int): Lost old'],
      ['key: String,', 'key: String, limit: Int, days: Int! = 7,'],
      ['| Denied', '| Denied | Part'],
      ['ON OFF', 'ON OFF BROKEN'],
      ['name: String note', 'name: String more: Int note'],
      ['@key(fields: "key")', '@key(fields: "key") @key(fields: "name")'],
      ['share: Int', 'share: Int!'],
    )
    expect(await pathsOf(sdl)).toEqual([])
  })

  it('lets anything become deprecated, and come back from it', async () => {
    const sdl = changed(['name: String! old', 'name: String! @deprecated(reason: "Use key.") old'], ['@deprecated(reason: "Use ON.")', ''])
    expect(await pathsOf(sdl)).toEqual([])
  })

  it.each(kept)('never lets %s go that was not deprecated, whatever CHANGELOG.md says', async (_what, path, replacements) => {
    const sdl = changed(...replacements)
    expect(await pathsOf(sdl)).toContain(path)
    const breaks = await breakingChanges(released, sdl, changelog(path))
    expect(breaks.find((found) => found.path === path)?.remedy).toContain('mark it @deprecated')
  })

  it('is not deceived by a deprecation that was not released', async () => {
    // Deprecated and removed since the release, so clients could not know.
    expect(await pathsOf(changed(['name: String! old', 'old']), changelog('Flag.name'))).toEqual(['Flag.name'])
  })

  it.each(deprecated)('lets %s go that was deprecated, once CHANGELOG.md names it', async (_what, path, replacements) => {
    const sdl = changed(...replacements)
    expect(await breakingChanges(released, sdl, changelog())).toMatchObject([{ path, remedy: expect.stringContaining(`\`${path}\``) }])
    expect(await pathsOf(sdl, changelog(path))).toEqual([])
  })

  it('lets types go that only deprecated fields led to, once CHANGELOG.md names them', async () => {
    const sdl = changed(
      ['rule: Rule @deprecated(reason: "Use flag.")', ''],
      ['type Rule implements Node { id: ID! part: Part! }', ''],
      ['type Part { share: Int }', ''],
    )
    expect(await pathsOf(sdl)).toEqual(expect.arrayContaining(['Query.rule', 'Rule', 'Part']))
    expect(await pathsOf(sdl, changelog('Query.rule', 'Rule', 'Part'))).toEqual([])
  })

  it('lets a field of such a type go', async () => {
    expect(await pathsOf(changed(['part: Part!', '']), changelog('Rule.part'))).toEqual([])
  })

  it.each(inPlace)('wants CHANGELOG.md to name %s', async (_what, path, replacements) => {
    const sdl = changed(...replacements)
    expect(await pathsOf(sdl)).toEqual([path])
    expect(await pathsOf(sdl, changelog(path))).toEqual([])
  })

  it('reads only what CHANGELOG.md calls breaking and has not released', async () => {
    const sdl = changed(['name: String! old', 'name: String old'], ['key: String! name', 'key: String name'])
    expect(await pathsOf(sdl)).toEqual(['Flag.key', 'Flag.name'])
    expect(await pathsOf(sdl, '# Changelog\n')).toEqual(['Flag.key', 'Flag.name'])
    expect(await pathsOf(sdl, changelog('Flag'))).toEqual(['Flag.key', 'Flag.name'])
    expect(await pathsOf(sdl, changelog('Flag.key'))).toEqual(['Flag.name'])
  })
})
