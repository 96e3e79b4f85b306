import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../errors/refusals.ts'

/** What the server leaves open about several operations in one request: none at all, and those whose answers have no end or several parts. */
export function useBatches(): Plugin {
  return {
    onRequestParse: () => ({
      onRequestParseDone: ({ requestParserResult }) => {
        if (!Array.isArray(requestParserResult) || requestParserResult.length > 0) return
        throw new BadUserInputError(null, 'A batch must hold at least one operation.', 400)
      },
    }),
    onResultProcess: ({ result, setResult }) => {
      if (!Array.isArray(result) || !result.some(isAsyncIterable)) return
      setResult(result.map((one) => (isAsyncIterable(one) ? refused(one) : one)))
    },
  }
}

function refused(parts: AsyncIterable<unknown>) {
  void parts[Symbol.asyncIterator]().return?.()
  return { errors: [new BadUserInputError(null, 'An operation that is answered in parts (`@defer`, a subscription) must be sent alone.')] }
}
