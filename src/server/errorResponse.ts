import { STATUS_CODES } from 'node:http'
import { Response } from '@whatwg-node/server'

/** The headers of an error in JSON. Browsers must not guess another type. */
export const errorHeaders = { 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff' }

/** The body of an answer that no operation caused. It looks like the errors of an operation. */
export function errorBody(message: string, extensions: Record<string, unknown> = { code: 'BAD_USER_INPUT' }): string {
  return JSON.stringify({ errors: [{ message, extensions }] })
}

export function errorResponse(status: number, message: string, extensions?: Record<string, unknown>): Response {
  return new Response(errorBody(message, extensions), { status, headers: { ...errorHeaders } })
}

/** The whole text of an answer, for a connection that no HTTP parser serves. */
export function rawAnswer(status: number, message: string, extraHeaders: Record<string, string> = {}): string {
  const body = errorBody(message)
  const headers = { ...errorHeaders, ...extraHeaders, 'content-length': Buffer.byteLength(body), connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n')
}
