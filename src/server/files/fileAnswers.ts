import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FetchAPI } from 'graphql-yoga'

/** A file that browsers load. Its content is read when it is first requested. */
export interface PageFile {
  type: string
  read(): string | Uint8Array | Promise<string | Uint8Array>
}

/** The encodings of a file, the smallest first. Brotli's best quality would take seconds and save only a tenth. */
const encoders = {
  br: (content: Uint8Array) => promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (content: Uint8Array) => promisify(gzip)(content),
  identity: async (content: Uint8Array) => content,
}
type Encoding = keyof typeof encoders
type Encoded = Promise<{ body: Uint8Array<ArrayBuffer>; etag: string }>

/** Headers of every page and its files. Other sites can neither read nor frame them. */
const securityHeaders = {
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/**
 * Returns a function that answers a request with a file. Files are read and compressed at their first request, and then cached.
 *
 * @param contentSecurityPolicy what the page and its scripts may load, for each answer
 */
export function createFileAnswers(contentSecurityPolicy: string) {
  const cache = new Map<PageFile, Map<Encoding, Encoded>>()

  function getEncoded(file: PageFile, encoding: Encoding): Encoded {
    const encodings = cache.get(file) ?? new Map<Encoding, Encoded>()
    cache.set(file, encodings)
    const pending = encodings.get(encoding) ?? encode(file, encoding)
    encodings.set(encoding, pending)
    return pending
  }

  return async (file: PageFile, request: Request, { Response }: FetchAPI, cacheControl: string): Promise<Response> => {
    const encoding = bestEncoding(request.headers.get('accept-encoding') ?? '')
    const { body, etag } = await getEncoded(file, encoding)
    const headers = {
      ...securityHeaders,
      'content-security-policy': contentSecurityPolicy,
      'cache-control': cacheControl,
      etag,
      vary: 'accept, accept-encoding',
    }
    if (request.headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers })
    const bodyHeaders = { 'content-type': file.type, 'content-length': String(body.byteLength) }
    const encodingHeader = encoding === 'identity' ? {} : { 'content-encoding': encoding }
    return new Response(request.method === 'HEAD' ? null : body, { headers: { ...headers, ...bodyHeaders, ...encodingHeader } })
  }
}

/**
 * Whether a page is asked for by a name of this machine. Pages of other names can be those of another site, whose name was pointed at this
 * machine (DNS rebinding). Only a page of a local name may hold the demo key.
 */
export function isLocalName(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

/** Whether a request is that of a browser that opens a page. */
export function wantsPage(request: Request): boolean {
  return request.headers.get('accept')?.includes('text/html') === true
}

async function encode(file: PageFile, encoding: Encoding): Encoded {
  const content = await file.read()
  const body = new Uint8Array(await encoders[encoding](typeof content === 'string' ? Buffer.from(content) : content))
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }
}

function bestEncoding(accepted: string): Encoding {
  const names = accepted
    .split(',')
    .filter((choice) => !/;\s*q=0(\.0*)?\s*$/.test(choice))
    .map((choice) => choice.replace(/;.*/, '').trim().toLowerCase())
  return (['br', 'gzip'] as const).find((encoding) => names.includes(encoding)) ?? 'identity'
}
