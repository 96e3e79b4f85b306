import { type DirectiveNode, valueFromASTUntyped } from 'graphql'

/** A type, a field, an argument or a value of an enum. */
export interface Annotated {
  astNode?: { readonly directives?: readonly DirectiveNode[] | undefined } | null | undefined
}

/** What the directives of an element say, in short sentences. */
export function annotations({ astNode }: Annotated): string[] {
  const keys: string[] = []
  const notes = (astNode?.directives ?? []).flatMap((directive) => {
    const given = Object.fromEntries((directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]))
    switch (directive.name.value) {
      case 'cost':
        return [`Cost: ${given.weight}.`]
      case 'listSize':
        return [rowsOf(given)]
      case 'key':
        keys.push(`\`${given.fields}\``)
        return []
      case 'shareable':
        return ['Other subgraphs may have it too.']
      case 'inaccessible':
        return ['Not in a supergraph.']
      case 'deprecated':
        return [`**Deprecated.** ${given.reason}`]
      default:
        throw new Error(`The reference does not know the directive @${directive.name.value}.`)
    }
  })
  return keys.length === 0 ? notes : [`Entity, by ${keys.join(', ')}.`, ...notes]
}

/** How many rows a list counts for. */
function rowsOf({ assumedSize, slicingArguments = [] }: { assumedSize?: number; slicingArguments?: readonly string[] }): string {
  const names = slicingArguments.map((name) => `\`${name}\``).join(' or ')
  return names === '' ? `Rows: ${assumedSize}.` : `Rows: ${names}, else ${assumedSize}.`
}
