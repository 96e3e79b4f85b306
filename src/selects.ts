import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/**
 * Whether any of these fields is selected somewhere inside the field that is resolved, of whatever type, skipped or not: for reading what
 * will be wanted along with the rest. Only reading too much or too little may follow from it, never another answer.
 */
export function selects({ fieldNodes, fragments }: GraphQLResolveInfo, names: ReadonlySet<string>): boolean {
  const seen = new Set<string>()
  const inside = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return names.has(selection.name.value) || inside(selection.selectionSet)
      if (selection.kind === Kind.INLINE_FRAGMENT) return inside(selection.selectionSet)
      const { value } = selection.name
      if (seen.has(value)) return false
      seen.add(value)
      return inside(fragments[value]?.selectionSet)
    }) ?? false
  return fieldNodes.some(({ selectionSet }) => inside(selectionSet))
}
