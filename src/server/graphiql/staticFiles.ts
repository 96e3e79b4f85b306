import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'graphql-yoga'
import { createPage, type PageFile, pageFiles } from './page.ts'

/** The encodings of a file, the smallest first. Brotli's best quality would take seconds and save only a tenth. */
const encoders = {
  br: (text: string) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (text: string) => promisify(gzip)(text),
  identity: async (text: string) => Buffer.from(text),
}
type Encoding = keyof typeof encoders

const securityHeaders = {
  // The editor sets inline styles. Its fonts and images are data URLs. Nothing comes from other servers.
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "connect-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** The names of this machine. Pages of other names can be those of another site, whose name was pointed at this machine (DNS rebinding). */
const localNames = ['localhost', '127.0.0.1', '[::1]']

/**
 * Serves GraphiQL to browsers that open `/graphql`. Files are read and compressed at their first request, and then cached.
 *
 * @param demoKey the API key in the page, if this machine is asked by a local name; null without demo data
 */
export function useGraphiql(demoKey: string | null): Plugin {
  const demoPage = createPage(demoKey)
  const cache = new Map<PageFile, Map<Encoding, ReturnType<typeof encode>>>()

  function findFile({ pathname, hostname }: URL): PageFile | undefined {
    return pathname === '/graphql' && localNames.includes(hostname) ? demoPage : pageFiles.get(pathname)
  }

  function getEncoded(file: PageFile, encoding: Encoding) {
    const encodings = cache.get(file) ?? new Map<Encoding, ReturnType<typeof encode>>()
    cache.set(file, encodings)
    const pending = encodings.get(encoding) ?? encode(file, encoding)
    encodings.set(encoding, pending)
    return pending
  }

  return {
    onRequest: ({ request, url, fetchAPI, endResponse }) => {
      const file = request.method === 'GET' ? findFile(url) : undefined
      if (file === undefined || (file.type.startsWith('text/html') && !request.headers.get('accept')?.includes('text/html'))) return

      const encoding = bestEncoding(request.headers.get('accept-encoding') ?? '')
      return getEncoded(file, encoding).then(({ body, etag }) => {
        const headers = { ...securityHeaders, 'cache-control': 'private, no-cache', etag }
        if (request.headers.get('if-none-match')?.includes(etag)) return endResponse(new fetchAPI.Response(null, { status: 304, headers }))
        const bodyHeaders = { 'content-type': file.type, 'content-length': String(body.byteLength) }
        const encodingHeader = encoding === 'identity' ? {} : { 'content-encoding': encoding }
        endResponse(new fetchAPI.Response(body, { headers: { ...headers, ...bodyHeaders, ...encodingHeader } }))
      })
    },
    onResponse: ({ response }) => {
      if (!response.headers.has('content-security-policy')) return
      // CORS allows GraphQL requests from every origin. The page contains a key, so other origins may not read it.
      for (const name of [...response.headers.keys()]) {
        if (name.startsWith('access-control-')) response.headers.delete(name)
      }
      response.headers.set('vary', 'accept, accept-encoding')
    },
  }
}

async function encode(file: PageFile, encoding: Encoding) {
  const body = new Uint8Array(await encoders[encoding](await file.text()))
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }
}

function bestEncoding(accepted: string): Encoding {
  const names = accepted
    .split(',')
    .filter((choice) => !/;\s*q=0(\.0*)?\s*$/.test(choice))
    .map((choice) => choice.replace(/;.*/, '').trim().toLowerCase())
  return (['br', 'gzip'] as const).find((encoding) => names.includes(encoding)) ?? 'identity'
}
