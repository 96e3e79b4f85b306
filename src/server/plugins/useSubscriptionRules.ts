import { type ASTVisitor, GraphQLError, Kind, type SelectionSetNode, type ValidationContext } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/** Validates what graphql-js 16 does not: a subscription always has its one root field. */
export function useSubscriptionRules(): Plugin {
  return { onValidate: ({ addValidationRule }) => addValidationRule(unconditionalRootField) }
}

/** The root field of a subscription has no `@skip` and no `@include` (GraphQL, September 2025, section 5.2.4.1). */
function unconditionalRootField(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition: ({ operation, selectionSet }) => {
      if (operation === 'subscription') reportConditions(context, selectionSet, new Set())
      return false
    },
  }
}

function reportConditions(context: ValidationContext, { selections }: SelectionSetNode, visitedFragments: Set<string>): void {
  for (const selection of selections) {
    const condition = selection.directives?.find(({ name }) => name.value === 'skip' || name.value === 'include')
    if (condition !== undefined) {
      const message = `The root field of a subscription cannot have the directive "@${condition.name.value}". Leave the directive out.`
      context.reportError(new GraphQLError(message, { nodes: condition }))
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) reportConditions(context, selection.selectionSet, visitedFragments)
    if (selection.kind !== Kind.FRAGMENT_SPREAD || visitedFragments.has(selection.name.value)) continue
    visitedFragments.add(selection.name.value)
    const fragment = context.getFragment(selection.name.value)
    if (fragment != null) reportConditions(context, fragment.selectionSet, visitedFragments)
  }
}
