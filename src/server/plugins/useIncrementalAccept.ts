import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../../graphql/errors.ts'

/** How an answer in several parts can be sent. */
const deferred = ['multipart/mixed', 'text/event-stream']
const followed = ['text/event-stream']

/** Tells a caller who asks for an answer in parts, and takes whole ones only, what to ask for; the server alone would say nothing but 406. */
export function useAcceptedParts(): Plugin {
  const subscriptions = new WeakSet<Request>()
  return {
    onSubscribe: ({ args: { contextValue } }) => void subscriptions.add(contextValue.request),
    onExecutionResult: ({ request, result, setResult }) => {
      if (!isAsyncIterable(result)) return
      const possible = subscriptions.has(request) ? followed : deferred
      if (takesOneOf(request.headers.get('accept'), possible)) return
      void result[Symbol.asyncIterator]().return?.()
      const what = possible === followed ? 'A subscription' : 'An operation with `@defer`'
      const header = possible.map((type) => `\`accept: ${type}\``).join(' or ')
      setResult({ errors: [new BadUserInputError(null, `${what} is answered in parts: send the header ${header}.`, 406)] })
    },
  }
}

function takesOneOf(accept: string | null, types: readonly string[]): boolean {
  if (accept === null || accept.includes('*/*')) return true
  return types.some((type) => accept.includes(type) || accept.includes(`${type.split('/')[0]}/*`))
}
