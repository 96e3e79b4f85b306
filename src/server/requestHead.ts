import type { IncomingMessage } from 'node:http'

/** More than any client sends. The answer and the time to choose it grow with the list. */
const maxMediaTypes = 100

/**
 * Checks the target, host, `accept` and `transfer-encoding` of requests, before anything builds a URL of them. A target that is a URL is replaced by its
 * path and host (RFC 9112, section 3.2.2).
 *
 * @returns a function that returns what is wrong with a request, or null
 */
export function createHeadCheck(): (request: IncomingMessage) => string | null {
  // Most requests have the same host. It needs no check again.
  let lastHost = 'localhost'
  return (request) => {
    if (!useOwnPath(request)) return 'The target of the request must be a path, for example /graphql, or an http:// URL.'
    if (countHostHeaders(request) > 1) return 'The request has several Host headers. Send one.'
    const { host, accept, 'transfer-encoding': coding } = request.headers
    if (host === undefined && request.httpVersion !== '1.0') return 'The request has no Host header. Send one.'
    if (host !== undefined && host !== lastHost) {
      if (/[/\\?#@]/.test(host) || !URL.canParse(`http://${host}`)) {
        return 'The Host header must be a name or an address, for example localhost:4000.'
      }
      lastHost = host
    }
    if (accept !== undefined && accept.length > 2 * maxMediaTypes && accept.split(',').length > maxMediaTypes) {
      return `The header \`accept\` can list at most ${maxMediaTypes} media types.`
    }
    // Node reads the chunks, and leaves what is in them as it is.
    if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') {
      return 'The header `transfer-encoding` can only be `chunked`. A compressed body has the header `content-encoding`.'
    }
    return null
  }
}

/** Whether the target of a request is a path, or was a URL with one. */
function useOwnPath(request: IncomingMessage): boolean {
  const { url: target = '/' } = request
  if (target.startsWith('/')) return true
  const url = /^https?:\/\//i.test(target) ? URL.parse(target) : null
  if (url === null) return false
  request.url = url.pathname + url.search
  request.headers.host = url.host
  return true
}

/** Node's `headers` keep only the first Host. */
function countHostHeaders({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host').length
}
