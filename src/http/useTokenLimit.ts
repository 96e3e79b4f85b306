import { GraphQLError, parse } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { OperationTooExpensiveError } from '../errors/refusals.ts'

/** Refuses the text of an operation that is longer than so many words and signs, before it is read whole. */
export function useTokenLimit(maxTokens: number): Plugin {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source, options) => {
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
