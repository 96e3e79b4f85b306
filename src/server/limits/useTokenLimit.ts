import { GraphQLError, parse } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import { bracketDepth } from '../../platform/bracketDepth.ts'

/** Far more than an operation needs, and far less than what overflows the stack of GraphQL's parser. */
const maxNesting = 200

/** Rejects documents with more than `maxTokens` tokens, or with too deep nesting, before they are parsed completely. */
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
