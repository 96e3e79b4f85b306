import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import { coerceVariables } from '../../graphql/variables.ts'
import { executeFields, executeFieldsSerially, isPromise } from './completeValue.ts'
import type { ExecutionState } from './fieldPlan.ts'
import { getConditionVariables, OperationPlan } from './plan.ts'

/** How many planned fields are kept: of all operations, and of one with all its conditions. */
const maxCachedFields = 50_000
const maxCachedFieldsPerOperation = 5_000

interface CachedOperation {
  schema: GraphQLSchema
  /** What decides which parts are asked for; null for what cannot be planned. */
  conditions: readonly string[] | null
  /** By the values of the conditions. */
  plans: Map<string, OperationPlan>
}

/**
 * Runs queries and mutations by plans that are kept from one request to the next, instead of reading the document anew for each field of each
 * row. The answers are those of Yoga's own executor, to which is left what is not planned: answers in parts, subscriptions, and operations
 * whose variables are wrong.
 *
 * Ours, because graphql-jit asks `isTypeOf` without the context and waits for no promise of it, and the scopes of types are asked there; it also
 * loses fragments that are spread twice under `@include`, and takes a variable that was not given for null inside an input.
 */
export function useCompiledExecutor(): Plugin {
  const cache = new LRUCache<OperationDefinitionNode, CachedOperation>({
    maxSize: maxCachedFields,
    maxEntrySize: maxCachedFieldsPerOperation,
    sizeCalculation: countFields,
  })

  function executeCompiled(args: ExecutionArgs): ReturnType<typeof executePlan> | null {
    const { schema, document, variableValues, operationName } = args
    const operation = getOperationAST(document, operationName)
    if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return null
    const cached = cache.get(operation)
    const entry = cached?.schema === schema ? cached : { schema, conditions: getConditionVariables(document), plans: new Map() }
    if (entry.conditions === null) return null
    const { coerced: variables } = coerceVariables(schema, operation, variableValues ?? {})
    if (variables === undefined) return null
    const values = entry.conditions.map((name) => variables[name])
    if (!values.every((value) => typeof value === 'boolean')) return null

    const key = values.join()
    const plan = entry.plans.get(key) ?? new OperationPlan(schema, document, operation, variables)
    entry.plans.set(key, plan)
    const { rootValue, contextValue } = args
    return executePlan({ plan, rootValue, contextValue, variables, errors: [] }, () => cache.set(operation, entry))
  }

  return {
    onExecute: ({ executeFn, setExecuteFn }) => setExecuteFn((args: ExecutionArgs) => executeCompiled(args) ?? executeFn(args)),
  }
}

/** Plans grow while they run, by what is met on the way. */
function countFields({ plans }: CachedOperation): number {
  return [...plans.values()].reduce((fields, { size }) => fields + size, 1 + plans.size)
}

function executePlan(state: ExecutionState, onCompleted: () => void): ExecutionResult | PromiseLike<ExecutionResult> {
  const { errors, plan } = state
  const toResult = (data: unknown): ExecutionResult => {
    onCompleted()
    const responseData = data as Record<string, unknown> | null
    return errors.length === 0 ? { data: responseData } : { errors, data: responseData }
  }
  const fail = (error: unknown) => {
    errors.push(error as GraphQLError)
    return toResult(null)
  }
  try {
    const isMutation = plan.operation.operation === OperationTypeNode.MUTATION
    const data = isMutation
      ? executeFieldsSerially(state, plan.root, state.rootValue)
      : executeFields(state, plan.root, state.rootValue, undefined)
    return isPromise(data) ? data.then(toResult, fail) : toResult(data)
  } catch (error) {
    return fail(error)
  }
}
