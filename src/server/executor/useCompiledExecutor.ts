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
import { variablesOf } from '../../graphql/variables.ts'
import { isPromise, runFields, runFieldsInTurn } from './completeValue.ts'
import type { Run } from './fieldPlan.ts'
import { conditionsIn, OperationPlan } from './plan.ts'

/** How many planned fields are kept: of all operations, and of one with all its conditions. */
const keptFields = 50_000
const keptFieldsOfOne = 5_000

interface Planned {
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
  const known = new LRUCache<OperationDefinitionNode, Planned>({
    maxSize: keptFields,
    maxEntrySize: keptFieldsOfOne,
    sizeCalculation: sizeOf,
  })

  function answer(args: ExecutionArgs): ReturnType<typeof runPlan> | null {
    const { schema, document, variableValues, operationName } = args
    const operation = getOperationAST(document, operationName)
    if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return null
    const before = known.get(operation)
    const planned = before?.schema === schema ? before : { schema, conditions: conditionsIn(document), plans: new Map() }
    if (planned.conditions === null) return null
    const { coerced: variables } = variablesOf(schema, operation, variableValues ?? {})
    if (variables === undefined) return null
    const values = planned.conditions.map((name) => variables[name])
    if (!values.every((value) => typeof value === 'boolean')) return null

    const key = values.join()
    const plan = planned.plans.get(key) ?? new OperationPlan(schema, document, operation, variables)
    planned.plans.set(key, plan)
    const { rootValue, contextValue } = args
    return runPlan({ plan, rootValue, contextValue, variables, errors: [] }, () => known.set(operation, planned))
  }

  return {
    onExecute: ({ executeFn, setExecuteFn }) => setExecuteFn((args: ExecutionArgs) => answer(args) ?? executeFn(args)),
  }
}

/** Plans grow while they run, by what is met on the way. */
function sizeOf({ plans }: Planned): number {
  return [...plans.values()].reduce((fields, { size }) => fields + size, 1 + plans.size)
}

function runPlan(run: Run, ran: () => void): ExecutionResult | PromiseLike<ExecutionResult> {
  const { errors, plan } = run
  const respond = (data: unknown): ExecutionResult => {
    ran()
    const found = data as Record<string, unknown> | null
    return errors.length === 0 ? { data: found } : { errors, data: found }
  }
  const fail = (error: unknown) => {
    errors.push(error as GraphQLError)
    return respond(null)
  }
  try {
    const inTurn = plan.operation.operation === OperationTypeNode.MUTATION
    const data = inTurn ? runFieldsInTurn(run, plan.root, run.rootValue) : runFields(run, plan.root, run.rootValue, undefined)
    return isPromise(data) ? data.then(respond, fail) : respond(data)
  } catch (error) {
    return fail(error)
  }
}
