import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../../graphql/errors.ts'

/** What the server leaves open about several operations in one request: those whose answers have no end or several parts. */
export function useBatches(): Plugin {
  return {
    onResultProcess: ({ result, setResult }) => {
      if (!Array.isArray(result) || !result.some(isAsyncIterable)) return
      setResult(result.map((one) => (isAsyncIterable(one) ? rejectIncremental(one) : one)))
    },
  }
}

function rejectIncremental(parts: AsyncIterable<unknown>) {
  void parts[Symbol.asyncIterator]().return?.()
  return { errors: [new BadUserInputError(null, 'An operation that is answered in parts (`@defer`, a subscription) must be sent alone.')] }
}
