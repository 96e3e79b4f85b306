import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { hasVariables } from './variables.ts'

/**
 * The fields that are selected at the end of a path inside the field that is resolved, whatever type they are of: for reading what will be
 * wanted along with the rest. Left out is what variables leave out, and what may come later (`@defer`).
 *
 * @param of where several types may stand there, the one whose fields are meant
 */
export function selectedFields(info: GraphQLResolveInfo, path: readonly string[], of?: string): FieldNode[] {
  let fields = info.fieldNodes as FieldNode[]
  for (const name of [...path, null]) {
    fields = inside(fields, info, name === null ? of : undefined)
    if (name !== null) fields = fields.filter((field) => field.name.value === name)
  }
  return fields
}

/**
 * What is made of what is selected inside a field: once for each operation, where no variable has a say in it.
 *
 * @param make depends on nothing but what is selected and on `given`
 */
export function madeOnce<Given, Made>(make: (info: GraphQLResolveInfo, given: Given) => Made): typeof make {
  /** Null where variables have a say. */
  const known = new WeakMap<readonly FieldNode[], Map<Given, Made> | null>()
  return (info, given) => {
    const { fieldNodes, fragments } = info
    if (!known.has(fieldNodes)) {
      const varies = fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && hasVariables(selectionSet, fragments))
      known.set(fieldNodes, varies ? null : new Map())
    }
    const made = known.get(fieldNodes)
    const before = made?.get(given)
    if (before !== undefined) return before
    const fresh = make(info, given)
    made?.set(given, fresh)
    return fresh
  }
}

function inside(
  parents: readonly FieldNode[],
  { fragments, schema, variableValues }: GraphQLResolveInfo,
  of: string | undefined,
): FieldNode[] {
  const spread = new Set<string>()
  const isWanted = (node: { readonly directives?: readonly DirectiveNode[] }) =>
    !node.directives?.length ||
    (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if !== true &&
      getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false &&
      !node.directives.some(({ name }) => name.value === 'defer'))
  const isMeant = ({ typeCondition }: InlineFragmentNode | FragmentDefinitionNode) => {
    const name = typeCondition?.name.value
    return of === undefined || name === undefined || name === of || isAbstractType(schema.getType(name))
  }
  const fieldsOf = (set: SelectionSetNode | undefined): FieldNode[] =>
    (set?.selections ?? []).filter(isWanted).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection]
      if (selection.kind === Kind.INLINE_FRAGMENT) return isMeant(selection) ? fieldsOf(selection.selectionSet) : []
      const { value } = selection.name
      const fragment = fragments[value]
      if (fragment === undefined || spread.has(value) || !isMeant(fragment)) return []
      spread.add(value)
      return fieldsOf(fragment.selectionSet)
    })
  return parents.flatMap(({ selectionSet }) => fieldsOf(selectionSet))
}
