import { Kind, parse, specifiedDirectives, valueFromASTUntyped } from 'graphql'
import { prose } from './markdown.ts'

/** What the directives of others mean here. Their specifications say more. */
const meanings: Record<string, string> = {
  '@defer': 'The server sends a fragment later than the rest: see [HTTP](../http.md#incremental-delivery).',
  '@cost': 'How many points an element costs, in place of 1 for an object and 0 for a value: see [limits](../limits.md#cost).',
  '@listSize': 'How many rows a list counts for, where arguments do not say it: see [limits](../limits.md#cost).',
  '@key': 'The fields by which other subgraphs refer to an entity: see [federation](../federation.md#entities).',
  '@shareable': 'Other subgraphs may have the same field: see [federation](../federation.md#shared-types).',
  '@inaccessible': 'A gateway leaves the element out: see [federation](../federation.md#node-in-a-supergraph).',
}

/** The sections of the directives: those of GraphQL, `@defer`, and those that the schema imports from the federation. */
export function directivesPage(sdl: string): string[] {
  const imported = parse(sdl).definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_EXTENSION
      ? (node.directives ?? []).flatMap(({ arguments: given = [] }) =>
          given.flatMap(({ name, value }) => (name.value === 'import' ? (valueFromASTUntyped(value) as string[]) : [])),
        )
      : [],
  )
  if (imported.length === 0) throw new Error('The schema imports no directives any more.')
  const section = (name: string, text: string) => `## ${name} {#${name.slice(1)}}\n\n${text}`
  const ours = ['@defer', ...imported].map((name) => {
    const meaning = meanings[name]
    if (meaning === undefined) throw new Error(`The reference does not know the directive ${name}.`)
    return section(name, meaning)
  })
  return [...specifiedDirectives.map(({ name, description }) => section(`@${name}`, prose(description))), ...ours]
}
