import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import { findVariableErrors } from '../../graphql/variables.ts'
import type { Config } from '../../platform/config.ts'
import { operationCost } from './operationCost.ts'

/** How often fields that return the whole schema may stand in an operation. */
const maxRootFields = { __schema: 1, _service: 1, __type: 10 }

/**
 * Rejects operations that exceed the maximum depth or cost, or ask for the schema several times, before they run. It also rejects wrong variables:
 * the executors would look for all errors, and put the text of a whole value into each.
 *
 * @param onCost is told what each operation costs, also of those that are rejected
 */
export function useOperationCost(
  { maxOperationDepth, maxOperationCost, introspection }: Pick<Config, 'maxOperationDepth' | 'maxOperationCost' | 'introspection'>,
  onCost?: (points: number) => void,
): Plugin {
  function excessOf({ schema, document, operationName, variableValues }: ExecutionArgs): string | null {
    const { points, depth, rootFields } = operationCost(schema, document, operationName, variableValues ?? {})
    onCost?.(points)
    if (depth > maxOperationDepth) return `The operation is ${depth} levels deep; at most ${maxOperationDepth} are allowed.`
    for (const [name, max] of Object.entries(maxRootFields)) {
      const count = rootFields.get(name) ?? 0
      if (count > max) return `The operation asks for \`${name}\` ${count} times; at most ${max} are allowed.`
    }
    if (points <= maxOperationCost) return null
    return `The operation costs ${points} points; at most ${maxOperationCost} are allowed. Request smaller pages or fewer fields.`
  }
  function variableErrors({ schema, document, operationName, variableValues }: ExecutionArgs): readonly GraphQLError[] {
    const operation = getOperationAST(document, operationName)
    const hidden = { hideSuggestions: !introspection }
    const errors = operation ? findVariableErrors(schema, operation, variableValues ?? {}, hidden) : []
    for (const { extensions } of errors) extensions.http = { status: 400 }
    return errors
  }

  const check = (args: ExecutionArgs, reject: (result: { errors: readonly GraphQLError[] }) => void) => {
    const excess = excessOf(args)
    const errors = excess === null ? variableErrors(args) : [new OperationTooExpensiveError(excess)]
    if (errors.length > 0) reject({ errors })
  }
  return {
    onExecute: ({ args, setResultAndStopExecution }) => check(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => check(args, setResultAndStopExecution),
  }
}
