import {
  buildClientSchema,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
} from 'graphql'
import { errorMessage, OperatorError } from '../platform/operatorError.ts'
import { UsageError } from './usageError.ts'

const timeoutMs = 30_000
const maxBytes = 50_000_000

export interface SchemaDiff {
  /** What clients of the old schema can no longer ask. */
  breaking: string[]
  /** What clients can be told that they do not expect, such as a new value of an enum. */
  dangerous: string[]
}

export function compareSchemas(from: GraphQLSchema, to: GraphQLSchema): SchemaDiff {
  // Introspection does not tell which directives a schema applies, and clients cannot see those of gateways.
  const isSeen = ({ type }: { type: string }) => !type.includes('DIRECTIVE')
  const describe = (changes: { type: string; description: string }[]) => changes.filter(isSeen).map(({ description }) => description)
  return { breaking: describe(findBreakingChanges(from, to)), dangerous: describe(findDangerousChanges(from, to)) }
}

/** Reads the schema of a server. @throws OperatorError if it cannot be read. */
export async function fetchSchema(url: string, key: string | undefined): Promise<GraphQLSchema> {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageError('Name the server by its URL, such as https://graph.example.com/graphql.')
  const body = JSON.stringify({ query: getIntrospectionQuery({ descriptions: false, inputValueDeprecation: true }) })
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
  try {
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...authorization }
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })
    return readSchema(response.status, await readText(response))
  } catch (error) {
    if (error instanceof OperatorError) throw error
    const { cause } = error as { cause?: unknown }
    throw new OperatorError(`${url} cannot be asked: ${errorMessage(cause ?? error)}. Is the URL right, and does the server run?`)
  }
}

function readSchema(status: number, text: string): GraphQLSchema {
  const { data, errors } = parseAnswer(text)
  if (data?.__schema !== undefined) return buildClientSchema(data as IntrospectionQuery)
  const reason = (errors?.[0]?.message ?? `HTTP status ${status}, without a schema`).replace(/\.$/, '')
  throw new OperatorError(`The server does not tell its schema: ${reason}. It needs INTROSPECTION=true, and perhaps a key in GRAPHQL_KEY.`)
}

function parseAnswer(text: string): { data?: Partial<IntrospectionQuery>; errors?: { message: string }[] } {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? answer : {}
  } catch {
    return {}
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > maxBytes) throw new OperatorError('The answer of the server is too long for a schema.')
  }
  return text + decoder.decode()
}
