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

/** The paths to the rows of a connection. */
export const connectionRows: readonly (readonly string[])[] = [['nodes'], ['edges', 'node']]

/**
 * Returns the fields that are selected at the end of some paths, inside the field that is resolved. Applies `@skip` and `@include`.
 *
 * @param typename the type whose fields to return, if the path may lead to several types
 * @param includeDeferred whether to include the fields of `@defer` fragments
 */
export function selectedFields(
  info: GraphQLResolveInfo,
  paths: readonly (readonly string[])[],
  typename?: string,
  includeDeferred = false,
): FieldNode[] {
  return paths.flatMap((path) => {
    let parents = info.fieldNodes
    for (const step of path) parents = collectSubfields(parents, info, undefined, includeDeferred).filter(({ name }) => name.value === step)
    return collectSubfields(parents, info, typename, includeDeferred)
  })
}

/**
 * Caches a value that is computed from the selection of a field, once per operation. A selection that depends on variables is not cached.
 *
 * @param compute must depend only on the selection and on `input`
 */
export function memoizePerOperation<Given, Made>(compute: (info: GraphQLResolveInfo, input: Given) => Made): typeof compute {
  const cache = new WeakMap<readonly FieldNode[], Map<Given, Made>>()
  return (info, input) => {
    const { fieldNodes, fragments } = info
    const cached = cache.get(fieldNodes)?.get(input)
    if (cached !== undefined) return cached
    const result = compute(info, input)
    if (fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && hasVariables(selectionSet, fragments))) return result
    cache.set(fieldNodes, (cache.get(fieldNodes) ?? new Map()).set(input, result))
    return result
  }
}

function collectSubfields(
  parents: readonly FieldNode[],
  { fragments, schema, variableValues }: GraphQLResolveInfo,
  typename: string | undefined,
  includeDeferred: boolean,
): FieldNode[] {
  const visitedFragments = new Set<string>()
  const isIncluded = (node: { readonly directives?: readonly DirectiveNode[] }) =>
    !node.directives?.length ||
    (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if !== true &&
      getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false &&
      (includeDeferred || !node.directives.some(({ name }) => name.value === 'defer')))
  const matchesType = ({ typeCondition }: InlineFragmentNode | FragmentDefinitionNode) => {
    const name = typeCondition?.name.value
    return typename === undefined || name === undefined || name === typename || isAbstractType(schema.getType(name))
  }
  const collectFields = (set: SelectionSetNode | undefined): FieldNode[] =>
    (set?.selections ?? []).filter(isIncluded).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection]
      if (selection.kind === Kind.INLINE_FRAGMENT) return matchesType(selection) ? collectFields(selection.selectionSet) : []
      const { value } = selection.name
      const fragment = fragments[value]
      if (fragment === undefined || visitedFragments.has(value) || !matchesType(fragment)) return []
      visitedFragments.add(value)
      return collectFields(fragment.selectionSet)
    })
  return parents.flatMap(({ selectionSet }) => collectFields(selectionSet))
}
