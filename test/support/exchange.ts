import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Answer } from './testServer.ts'

export interface RawAnswer {
  status: number
  headers: Headers
  body: string
  /** The body as JSON. */
  json(): Answer
}

/** Opens a connection to a server. The caller writes the bytes. */
export async function openSocket(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** Sends bytes to a server, and returns what it answers until it closes the connection. */
export async function exchange(url: string, ...bytes: (string | Uint8Array)[]): Promise<RawAnswer> {
  const socket = await openSocket(url)
  for (const part of bytes) socket.write(part)
  return readAnswer(socket)
}

/** Reads from a connection until the server closes it. A reset is an error. */
export async function readAnswer(socket: Socket): Promise<RawAnswer> {
  const received = await text(socket)
  const [head = '', ...rest] = received.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const body = rest.join('\r\n\r\n')
  const headers = new Headers(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return { status: Number(statusLine.split(' ')[1]), headers, body, json: () => JSON.parse(dechunk(headers, body)) as Answer }
}

/** Undoes `transfer-encoding: chunked`, for ASCII. */
function dechunk(headers: Headers, body: string): string {
  if (headers.get('transfer-encoding') !== 'chunked') return body
  let decoded = ''
  let rest = body
  for (;;) {
    const end = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.slice(0, end), 16)
    if (!(size > 0)) return decoded
    decoded += rest.slice(end + 2, end + 2 + size)
    rest = rest.slice(end + 4 + size)
  }
}
