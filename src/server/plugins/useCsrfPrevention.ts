import type { Plugin } from 'graphql-yoga'
import { ForbiddenRequestError } from '../../graphql/errors.ts'

/** What a page of any site may send with a form or a script that asks nobody. */
const simpleTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']

/** Headers that no browser sends to another site without asking it first, in a preflight. */
const preflightHeaders = [
  'authorization',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'graphql-require-preflight',
  'x-graphql-yoga-csrf',
]

/**
 * Refuses what a browser may send here on behalf of a page of another site without a preflight, which nobody could forbid it: forms and
 * plain text always, addresses where the browser says that another site asks. Programs are not browsers; they say nothing of the kind.
 */
export function useCsrfPrevention(): Plugin {
  return {
    onRequestParse: ({ request: { method, headers } }) => {
      if (preflightHeaders.some((name) => headers.has(name))) return
      const type = headers.get('content-type')?.split(/[;,]/)[0]?.trim().toLowerCase()
      if (type !== undefined && type !== '' && !simpleTypes.includes(type)) return
      if (method === 'POST' || isCrossSite(headers)) {
        throw new ForbiddenRequestError(
          'A page of another site could have sent this request unasked. Send it as JSON with the header `content-type: application/json`, ' +
            'or with the header `apollo-require-preflight: true`.',
        )
      }
    },
  }
}

/** Whether the browser says so: of every request, or of those whose answer the page wants to read. */
function isCrossSite(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  return headers.has('origin')
}
