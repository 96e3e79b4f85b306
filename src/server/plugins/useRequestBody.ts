import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../../graphql/errors.ts'
import { isObject } from '../../platform/json.ts'

const jsonContentType = /^application\/(graphql\+)?json\s*(;|,|$)/i

/**
 * Reads the body of a request. A body of more than `maxBytes` is an error (HTTP 413), and so is invalid UTF-8: replaced characters would
 * otherwise end up in searches. The `variables` of a URL or form must be JSON. Yoga's own size limit is off, because it copies every body
 * through a stream, which costs more than a small operation.
 */
export function useRequestBody(maxBytes: number): Plugin {
  return {
    onRequestParse: ({ requestParser, setRequestParser, fetchAPI }) => {
      if (requestParser === undefined) return
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
        const text = decode(await readBytes(original, maxBytes))
        if (jsonContentType.test(original.headers.get('content-type') ?? '')) return readJson(text)
        const { url, method, headers } = original
        return parse(new fetchAPI.Request(url, { method, headers, body: text }))
      })
    },
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const length = request.headers.get('content-length')
  if (length !== null && /^\d+$/.test(length)) {
    if (Number(length) > maxBytes) throw bodyTooLarge(maxBytes)
    // The HTTP parser enforces the length.
    return new Uint8Array(await request.arrayBuffer())
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw bodyTooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
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
