import {
  type DirectiveNode,
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionSetNode,
} from 'graphql'

/**
 * The fields that are selected at the end of a path inside the field that is resolved, whatever type they are of: for reading what will be
 * wanted along with the rest. Left out is what variables leave out, and what may come later (`@defer`).
 */
export function selectedFields(info: GraphQLResolveInfo, path: readonly string[]): FieldNode[] {
  let fields = info.fieldNodes as FieldNode[]
  for (const name of [...path, null]) {
    fields = inside(fields, info)
    if (name !== null) fields = fields.filter((field) => field.name.value === name)
  }
  return fields
}

function inside(parents: readonly FieldNode[], { fragments, variableValues }: GraphQLResolveInfo): FieldNode[] {
  const spread = new Set<string>()
  const isWanted = (node: { readonly directives?: readonly DirectiveNode[] }) =>
    !node.directives?.length ||
    (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if !== true &&
      getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false &&
      !node.directives.some(({ name }) => name.value === 'defer'))
  const fieldsOf = (set: SelectionSetNode | undefined): FieldNode[] =>
    (set?.selections ?? []).filter(isWanted).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection]
      if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet)
      const { value } = selection.name
      if (spread.has(value)) return []
      spread.add(value)
      return fieldsOf(fragments[value]?.selectionSet)
    })
  return parents.flatMap(({ selectionSet }) => fieldsOf(selectionSet))
}
