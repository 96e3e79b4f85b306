import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../../graphql/errors.ts'

/** Rejects subscriptions and `@defer` inside a batch, because a batch has one complete response. */
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
  return { errors: [new BadUserInputError(null, 'A subscription or an operation with `@defer` cannot be part of a batch. Send it alone.')] }
}
