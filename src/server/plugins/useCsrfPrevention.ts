import type { Plugin } from 'graphql-yoga'
import { ForbiddenRequestError } from '../../graphql/errors.ts'

/** The content types that a page of any site may send without a preflight. */
const simpleTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']

/** Headers that a browser sends to another site only after a preflight. */
const preflightHeaders = [
  'authorization',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'graphql-require-preflight',
  'x-graphql-yoga-csrf',
]

/**
 * Rejects requests that a page of another site can send without a preflight: forms and plain text always, GET requests if the browser marks
 * them as cross-site. Other clients are not affected: they send JSON, or no such mark.
 */
export function useCsrfPrevention(): Plugin {
  return {
    onRequestParse: ({ request: { method, headers } }) => {
      if (preflightHeaders.some((name) => headers.has(name))) return
      const type = headers.get('content-type')?.split(/[;,]/)[0]?.trim().toLowerCase()
      if (type !== undefined && type !== '' && !simpleTypes.includes(type)) return
      if (method === 'POST' || isCrossSite(headers)) {
        throw new ForbiddenRequestError(
          'This request could come from a page of another site (CSRF). Send JSON with the header `content-type: application/json`, ' +
            'or add the header `apollo-require-preflight: true`.',
        )
      }
    },
  }
}

/** Whether the browser marks the request as cross-site. Old browsers send only `origin`. */
function isCrossSite(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  return headers.has('origin')
}
