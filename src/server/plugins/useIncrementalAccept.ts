import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../../graphql/errors.ts'
import { acceptsMultipartSubscriptions } from '../delivery/useMultipartSubscriptions.ts'

/** The content types of results in several parts. */
const deferTypes = ['multipart/mixed', 'text/event-stream']
const subscriptionTypes = ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0']

/** Explains to callers of `@defer` and subscriptions which `accept` header is missing. Yoga alone would only return status 406. */
export function useIncrementalAccept(): Plugin {
  const subscriptions = new WeakSet<Request>()
  return {
    onSubscribe: ({ args: { contextValue } }) => void subscriptions.add(contextValue.request),
    onExecutionResult: ({ request, result, setResult }) => {
      if (!isAsyncIterable(result)) return
      const accept = request.headers.get('accept')
      const isSubscription = subscriptions.has(request)
      const acceptedTypes = isSubscription ? subscriptionTypes : deferTypes
      if (acceptsAny(accept, acceptedTypes) || (isSubscription && acceptsMultipartSubscriptions(accept))) return
      void result[Symbol.asyncIterator]().return?.()
      const subject = isSubscription ? 'A subscription' : 'An operation with `@defer`'
      const header = acceptedTypes.map((type) => `\`accept: ${type}\``).join(' or ')
      setResult({ errors: [new BadUserInputError(null, `${subject} returns its result in parts: send the header ${header}.`, 406)] })
    },
  }
}

function acceptsAny(accept: string | null, types: readonly string[]): boolean {
  if (accept === null || accept.includes('*/*')) return true
  return types.some((type) => accept.includes(type) || accept.includes(`${type.split('/')[0]}/*`))
}
