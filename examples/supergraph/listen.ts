import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorMessage, OperatorError } from '../../src/platform/operatorError.ts'

export interface Listening {
  url: string
  /** Ends once what is under way is answered. */
  close(): Promise<void>
}

/** Answers over HTTP, by this machine alone. A port of 0 is any free one. */
export async function listen(answer: RequestListener, port = 0): Promise<Listening> {
  const http = createServer(answer)
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => reject(new OperatorError(`Port ${port} cannot be used: ${errorMessage(error)}`)))
    http.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://localhost:${(http.address() as AddressInfo).port}/graphql`,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeIdleConnections()
      }),
  }
}
