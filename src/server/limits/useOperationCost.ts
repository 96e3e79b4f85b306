import type { ExecutionArgs } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import type { Config } from '../../platform/config.ts'
import { requestScope } from '../../platform/requestScope.ts'
import { operationCost } from './operationCost.ts'

/** Rejects operations that exceed the maximum depth or cost, before they run. */
export function useOperationCost({ maxOperationDepth, maxOperationCost }: Pick<Config, 'maxOperationDepth' | 'maxOperationCost'>): Plugin {
  function excessOf({ schema, document, operationName, variableValues }: ExecutionArgs): string | null {
    const { points, depth } = operationCost(schema, document, operationName, variableValues ?? {})
    const recorded = requestScope()?.operation
    if (recorded != null) recorded.cost = points
    if (depth > maxOperationDepth) return `The operation is ${depth} levels deep; at most ${maxOperationDepth} are allowed.`
    if (points <= maxOperationCost) return null
    return `The operation costs ${points} points; at most ${maxOperationCost} are allowed. Request smaller pages or fewer fields.`
  }
  const check = (args: ExecutionArgs, reject: (result: { errors: OperationTooExpensiveError[] }) => void) => {
    const excess = excessOf(args)
    if (excess !== null) reject({ errors: [new OperationTooExpensiveError(excess)] })
  }
  return {
    onExecute: ({ args, setResultAndStopExecution }) => check(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => check(args, setResultAndStopExecution),
  }
}
