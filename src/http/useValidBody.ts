import type { Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../errors/refusals.ts'

/** Refuses a body that is not valid UTF-8. Read leniently, its broken characters would become others, and be searched for. */
export function useValidBody(): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser, fetchAPI }) => {
      if (requestParser === undefined || request.method !== 'POST') return
      setRequestParser(async (original) => {
        const { url, method, headers } = original
        const body = decode(await original.arrayBuffer())
        return requestParser(new fetchAPI.Request(url, { method, headers, body }))
      })
    },
  }
}

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new BadUserInputError(null, 'The body of the request must be valid UTF-8.', 400)
  }
}
