import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorMessage, OperatorError } from '../src/platform/operatorError.ts'

export interface Listening {
  url: string
  /** Resolves when all running requests are answered. */
  close(): Promise<void>
}

/** Listens for HTTP on the local interface only. Port 0 selects a free port. */
export async function listen(answer: RequestListener, port = 0): Promise<Listening> {
  // Longer than a gateway keeps a connection, which may otherwise send a request into one that is being closed.
  const http = createServer({ keepAliveTimeout: 65_000 }, answer)
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => reject(new OperatorError(`Port ${port} cannot be used: ${errorMessage(error)}`)))
    http.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://localhost:${(http.address() as AddressInfo).port}/graphql`,
    close: () =>
      new Promise((resolve) => {
        // What is idle from now on is done.
        http.keepAliveTimeout = 1
        http.close(() => resolve())
        http.closeIdleConnections()
      }),
  }
}
