import type { ExecutionArgs } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import type { Config } from '../../platform/config.ts'
import { requestScope } from '../../platform/requestScope.ts'
import { operationCost } from './operationCost.ts'

/** How often fields that return the whole schema may stand in an operation. */
const maxRootFields = { __schema: 1, _service: 1, __type: 10 }

/** Rejects operations that exceed the maximum depth or cost, or ask for the schema several times, before they run. */
export function useOperationCost({ maxOperationDepth, maxOperationCost }: Pick<Config, 'maxOperationDepth' | 'maxOperationCost'>): Plugin {
  function excessOf({ schema, document, operationName, variableValues }: ExecutionArgs): string | null {
    const { points, depth, rootFields } = operationCost(schema, document, operationName, variableValues ?? {})
    const recorded = requestScope()?.operation
    if (recorded != null) recorded.cost = points
    if (depth > maxOperationDepth) return `The operation is ${depth} levels deep; at most ${maxOperationDepth} are allowed.`
    for (const [name, max] of Object.entries(maxRootFields)) {
      const count = rootFields.get(name) ?? 0
      if (count > max) return `The operation asks for \`${name}\` ${count} times; at most ${max} are allowed.`
    }
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
