import { type ExecutionArgs, getDirectiveValues, getOperationAST, visit } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../../graphql/errors.ts'
import { coerceVariables } from '../../graphql/variables.ts'

/** Rejects `@stream` with a wrong `initialCount`. Yoga's executor would report it as an internal error. */
export function useStreamArguments(): Plugin {
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      if (args.document.loc?.source.body.includes('@stream') && hasWrongCount(args)) {
        const message = '`initialCount` of `@stream` must be 0 or more: the number of items in the first part of the answer.'
        setResultAndStopExecution({ errors: [new BadUserInputError('initialCount', message)] })
      }
    },
  }
}

function hasWrongCount({ schema, document, operationName, variableValues }: ExecutionArgs): boolean {
  const directive = schema.getDirective('stream')
  const operation = getOperationAST(document, operationName)
  if (directive == null || operation == null) return false
  const { coerced: variables } = coerceVariables(schema, operation, variableValues ?? {})
  // GraphQL itself rejects the operation.
  if (variables === undefined) return false
  let isWrong = false
  visit(document, {
    enter: (node) => {
      if (!('directives' in node)) return
      const { if: isStreamed, initialCount } = getDirectiveValues(directive, node, variables) ?? { if: false }
      isWrong ||= isStreamed === true && !(typeof initialCount === 'number' && initialCount >= 0)
    },
  })
  return isWrong
}
