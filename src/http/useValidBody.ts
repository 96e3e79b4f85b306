import type { Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../errors/refusals.ts'

/**
 * Refuses a body that is not valid UTF-8: read leniently, its broken characters would become others, and be searched for. Refuses
 * variables that are no JSON where they come as text, in an address or a form.
 */
export function useValidBody(): Plugin {
  return {
    onRequestParse: ({ requestParser, setRequestParser, fetchAPI }) => {
      if (requestParser === undefined) return
      setRequestParser(async (original) => {
        const { url, method, headers } = original
        const request =
          method === 'POST' ? new fetchAPI.Request(url, { method, headers, body: decode(await original.arrayBuffer()) }) : original
        try {
          return await requestParser(request)
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error
          throw new BadUserInputError(null, "The parameters 'variables' and 'extensions' must be JSON.", 400)
        }
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
