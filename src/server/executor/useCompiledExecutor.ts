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
import type { AnswerSize, ExecutionState } from './fieldPlan.ts'
import { getConditionVariables, OperationPlan } from './plan.ts'

/** How many planned fields are cached: for all operations, and for one operation with all its conditions. */
const maxCachedFields = 50_000
const maxCachedFieldsPerOperation = 5_000

interface CachedOperation {
  schema: GraphQLSchema
  /** The variables of `@skip` and `@include`; null if the operation cannot be planned. */
  conditions: readonly string[] | null
  /** By the values of the conditions, comma-separated. */
  plans: Map<string, OperationPlan>
}

/**
 * Executes queries and mutations with plans that are cached between requests, so that the document is not read again for each row. The
 * results equal those of Yoga's executor. Yoga's executor runs all other operations: `@defer`, subscriptions, and operations with invalid
 * variables.
 *
 * Not graphql-jit, because it calls `isTypeOf` without the context and does not await it, and type scopes are checked there. It also loses
 * fragments that are spread twice under `@include`, and treats a missing variable inside an input as null.
 *
 * @param sizeOf the size of the answer so far, by the context of an operation
 */
export function useCompiledExecutor<Context>(sizeOf: (context: Context) => AnswerSize): Plugin {
  const cache = new LRUCache<OperationDefinitionNode, CachedOperation>({
    maxSize: maxCachedFields,
    maxEntrySize: maxCachedFieldsPerOperation,
    sizeCalculation: countFields,
  })

  function executeCompiled(args: ExecutionArgs): ReturnType<typeof executePlan> | null {
    const { schema, document, variableValues, operationName } = args
    const operation = getOperationAST(document, operationName)
    if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return null
    // Plans know neither other resolvers than those of the schema, nor operations that it does not have.
    if (args.fieldResolver || args.typeResolver || !schema.getRootType(operation.operation)) return null
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
    return executePlan({ plan, rootValue, contextValue, variables, errors: [], size: sizeOf(contextValue as Context) }, () =>
      cache.set(operation, entry),
    )
  }

  return {
    onExecute: ({ executeFn, setExecuteFn }) => setExecuteFn((args: ExecutionArgs) => executeCompiled(args) ?? executeFn(args)),
  }
}

/** Called after each execution, because plans grow while they run. */
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
