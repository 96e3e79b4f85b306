import { type DirectiveNode, type DocumentNode, type FragmentDefinitionNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/**
 * Validates what graphql-js 16 does not: a subscription always has its one root field. It comes before the other rules, because the rule about
 * the one root field fails on a condition with a variable, and its message does not say why.
 */
export function useSubscriptionRules(): Plugin {
  return {
    onValidate: ({ params, setResult }) => {
      const errors = findConditions(params.documentAST)
      if (errors.length > 0) setResult(errors)
    },
  }
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** The root field of a subscription has no `@skip` and no `@include` (GraphQL, September 2025, section 5.2.4.1). */
function findConditions({ definitions }: DocumentNode): GraphQLError[] {
  const subscriptions = definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .filter(({ operation }) => operation === 'subscription')
  if (subscriptions.length === 0) return []
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  const byName = new Map(fragments.map((fragment) => [fragment.name.value, fragment]))
  return subscriptions.flatMap(({ selectionSet }) => conditionsIn(selectionSet, byName, new Set()))
}

function conditionsIn({ selections }: SelectionSetNode, fragments: Fragments, visitedFragments: Set<string>): GraphQLError[] {
  return selections.flatMap((selection) => {
    const condition = selection.directives?.find(({ name }) => name.value === 'skip' || name.value === 'include')
    const errors = condition === undefined ? [] : [conditionError(condition)]
    if (selection.kind === Kind.INLINE_FRAGMENT) return [...errors, ...conditionsIn(selection.selectionSet, fragments, visitedFragments)]
    if (selection.kind !== Kind.FRAGMENT_SPREAD || visitedFragments.has(selection.name.value)) return errors
    visitedFragments.add(selection.name.value)
    const fragment = fragments.get(selection.name.value)
    return fragment === undefined ? errors : [...errors, ...conditionsIn(fragment.selectionSet, fragments, visitedFragments)]
  })
}

function conditionError(directive: DirectiveNode): GraphQLError {
  const message = `The root field of a subscription cannot have the directive "@${directive.name.value}". Leave the directive out.`
  return new GraphQLError(message, { nodes: directive })
}
