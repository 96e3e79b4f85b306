import {
  type ASTNode,
  BREAK,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
  visit,
} from 'graphql'
import { ExactNumber, ShownNumber } from '../platform/json.ts'

/** A list of half a million wrong values would otherwise have as many errors. */
const maxListedErrors = 20
/** Messages of this length are the text of a large value. */
const maxMessageLength = 1_000

type RawVariables = Readonly<Record<string, unknown>>

const coercedVariables = new WeakMap<
  RawVariables,
  { schema: GraphQLSchema; operation: OperationDefinitionNode; variables: ReturnType<typeof getVariableValues> }
>()

/** Coerces the variables of an operation. The result is cached by the object of variables, so once per request. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  rawVariables: RawVariables,
): ReturnType<typeof getVariableValues> {
  const cached = coercedVariables.get(rawVariables)
  if (cached?.schema === schema && cached.operation === operation) return cached.variables
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], rawVariables, { maxErrors: 1 })
  coercedVariables.set(rawVariables, { schema, operation, variables })
  return variables
}

/**
 * What is wrong with the variables of an operation. Each error holds the text of a whole value, so if the first is long, the others are not
 * looked for.
 */
export function findVariableErrors(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  rawVariables: RawVariables,
  { hideSuggestions }: { hideSuggestions: boolean },
): readonly GraphQLError[] {
  const [first] = coerceVariables(schema, operation, rawVariables).errors ?? []
  if (first === undefined) return []
  const maxErrors = first.message.length > maxMessageLength ? 1 : maxListedErrors
  const shown = toShown(rawVariables, maxShownDepth) as RawVariables
  const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], shown, { maxErrors, hideSuggestions })
  return errors.slice(0, maxErrors)
}

/** Messages show few levels of a value. Deeper ones stay as they are, so that no value overflows the stack. */
const maxShownDepth = 50

/** The variables with numbers that messages show as they were sent. Otherwise they would show how such a number is kept. */
function toShown(value: unknown, depth: number): unknown {
  if (value instanceof ExactNumber) return new ShownNumber(value.text)
  if (typeof value !== 'object' || value === null || depth === 0) return value
  if (Array.isArray(value)) return value.map((entry) => toShown(entry, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toShown(entry, depth - 1)]))
}

const variableUsage = new WeakMap<ASTNode, boolean>()

/** Whether a part of a valid document uses a variable, itself or in a fragment that it spreads. The result is cached by node. */
export function hasVariables(node: ASTNode, fragments: Readonly<Record<string, FragmentDefinitionNode>> = {}): boolean {
  const cached = variableUsage.get(node)
  if (cached !== undefined) return cached
  let found = false
  visit(node, {
    Variable: () => {
      found = true
      return BREAK
    },
    FragmentSpread: ({ name }) => {
      const fragment = fragments[name.value]
      found = fragment !== undefined && hasVariables(fragment, fragments)
      return found ? BREAK : undefined
    },
  })
  variableUsage.set(node, found)
  return found
}
