import { GraphQLError, parse } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import { bracketDepth } from '../../platform/bracketDepth.ts'

/** Far more than an operation needs, and far less than GraphQL can read without running out of stack. */
const maxNesting = 200

/** Refuses the text of an operation that is longer than so many words and signs, or nested without measure, before it is read whole. */
export function useTokenLimit(maxTokens: number): Plugin {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source, options) => {
        if (bracketDepth(typeof source === 'string' ? source : source.body) > maxNesting) {
          throw new OperationTooExpensiveError(`The operation is nested deeper than ${maxNesting} levels.`)
        }
        try {
          return parse(source, { ...options, maxTokens })
        } catch (error) {
          if (!(error instanceof GraphQLError) || !error.message.includes(`${maxTokens} tokens`)) throw error
          throw new OperationTooExpensiveError(`The operation is longer than ${maxTokens} tokens.`)
        }
      })
    },
  }
}
