import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { BadUserInputError } from '../../graphql/errors.ts'

const jsonContentType = /^application\/(graphql\+)?json\s*(;|,|$)/i

/**
 * Reads the body of a request: at most so many bytes (HTTP 413), and valid UTF-8, since its broken characters would become others, and be
 * searched for. Refuses variables that are no JSON where they come as text, in an address or a form. The server's own bound sends every
 * body through a stream of its own, which costs more than to answer a small operation.
 */
export function useRequestBody(maxBytes: number): Plugin {
  return {
    onRequestParse: ({ requestParser, setRequestParser, fetchAPI }) => {
      if (requestParser === undefined) return
      // What comes in an address, in a form or as the text of an operation is the server's own to read.
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
    // HTTP itself holds the body to its length.
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
  return new BadUserInputError(null, `The body of the request is larger than ${maxBytes} bytes.`, 413)
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
  if (typeof body === 'object' && body !== null) return body
  throw new BadUserInputError(null, 'The body of the request must be a JSON object, or a list of them.', 400)
}
