import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { GraphQLError } from 'graphql'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../../graphql/errors.ts'
import { ExactNumber, isObject } from '../../platform/json.ts'

const jsonContentType = /^application\/(graphql\+)?json\s*(;|,|$)/i

/** The content encodings of bodies. A body is decompressed only up to the limit. */
const decompressors = new Map([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
])
/** The older name of gzip (RFC 9110, section 8.4.1.3). */
const aliases = new Map([['x-gzip', 'gzip']])
/** Each layer is decompressed up to the limit of a body, so few layers bound the work. */
const maxEncodings = 3

/**
 * Reads the body of a request. A body of more than `maxBytes` is an error (HTTP 413), also once decompressed, and so is invalid UTF-8:
 * replaced characters would otherwise end up in searches. The `variables` of a URL or form must be JSON. Yoga's own size limit is off,
 * because it copies every body through a stream, which costs more than a small operation.
 */
export function useRequestBody(maxBytes: number): Plugin {
  return {
    onParams: ({ params, setParams }) => {
      // Yoga takes every object for a map of variables.
      if ([params.variables, params.extensions].some((value: unknown) => value instanceof ExactNumber)) {
        throw new BadUserInputError(null, "The parameters 'variables' and 'extensions' must be objects.", 400)
      }
      const name: unknown = params.operationName
      if (name != null && typeof name !== 'string') throw new BadUserInputError(null, "The parameter 'operationName' must be text.", 400)
      if (name !== '') return
      const { operationName, ...rest } = params
      setParams(rest)
    },
    onRequestParse: ({ request, requestParser, setRequestParser, fetchAPI }) => {
      if (requestParser === undefined) {
        if (request.method !== 'POST') return
        throw new BadUserInputError(
          null,
          'The content type of the body is not supported. Send JSON with the header `content-type: application/json`.',
          415,
        )
      }
      // Yoga's own parser reads URLs, forms and `application/graphql`.
      const parse = async (request: Request) => {
        try {
          return await requestParser(request)
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error
          throw new BadUserInputError(null, "The parameters 'variables' and 'extensions' must be JSON.", 400)
        }
      }
      setRequestParser(async (original) => {
        if (original.method !== 'POST') return parse(original)
        const encodings = parseEncodings(original.headers.get('content-encoding') ?? '')
        let bytes = await readBytes(original, maxBytes)
        // The header lists them in the order in which they were applied.
        for (const encoding of encodings.toReversed()) bytes = await inflateBytes(bytes, encoding, maxBytes)
        const text = decode(bytes)
        if (jsonContentType.test(original.headers.get('content-type') ?? '')) return readJson(text)
        const { url, method, headers } = original
        return parse(new fetchAPI.Request(url, { method, headers, body: text }))
      })
    },
  }
}

/** @throws BadUserInputError with HTTP status 413 for a body of more than `maxBytes`. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const length = request.headers.get('content-length')
  if (length !== null && /^\d+$/.test(length)) {
    if (Number(length) > maxBytes) throw bodyTooLarge(maxBytes)
    // The HTTP parser enforces the length.
    return new Uint8Array(await request.arrayBuffer())
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Not `for await`: it would close the connection at an error, and the caller would not get the answer.
  const reader = request.body?.[Symbol.asyncIterator]()
  for (let part = await reader?.next(); part !== undefined && !part.done; part = await reader?.next()) {
    bytes += part.value.byteLength
    if (bytes > maxBytes) throw bodyTooLarge(maxBytes)
    chunks.push(part.value)
  }
  return Buffer.concat(chunks)
}

/** @throws GraphQLError with HTTP status 415 for an unknown encoding, or for too many. */
function parseEncodings(header: string): string[] {
  const names = header.split(',').map((name) => name.trim().toLowerCase())
  const encodings = names.filter((name) => name !== '' && name !== 'identity').map((name) => aliases.get(name) ?? name)
  if (encodings.length <= maxEncodings && encodings.every((encoding) => decompressors.has(encoding))) return encodings
  const accepted = [...decompressors.keys()].join(', ')
  throw new GraphQLError(
    `The content encoding of the body is not supported. Send ${accepted}, at most ${maxEncodings} of them, or no \`content-encoding\`.`,
    { extensions: { code: 'BAD_USER_INPUT', http: { status: 415, headers: { 'accept-encoding': accepted } } } },
  )
}

async function inflateBytes(bytes: Uint8Array, encoding: string, maxBytes: number): Promise<Uint8Array> {
  try {
    return (await decompressors.get(encoding)?.(bytes, { maxOutputLength: maxBytes })) ?? bytes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(maxBytes)
    throw new BadUserInputError(null, `The body of the request must be valid ${encoding}, as its \`content-encoding\` says.`, 400)
  }
}

function bodyTooLarge(maxBytes: number): BadUserInputError {
  return new BadUserInputError(null, `The body of the request must be at most ${maxBytes} bytes.`, 413)
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new BadUserInputError(null, 'The body of the request must be valid UTF-8.', 400)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function readJson(text: string): GraphQLParams | GraphQLParams[] {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new BadUserInputError(null, 'The body of the request must be JSON.', 400)
  }
  if (Array.isArray(body) && body.length === 0) throw new BadUserInputError(null, 'A batch must hold at least one operation.', 400)
  if (isObject(body) || (Array.isArray(body) && body.every(isObject))) return body
  throw new BadUserInputError(null, 'The body of the request must be a JSON object, or a list of them.', 400)
}
