import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'
import type { Server } from '../../src/server/createServer.ts'
import { createNodeHandler } from '../../src/server/nodeHandler.ts'

/** Opens a port for a server, until the test file is done. Returns the URL of its endpoint. */
export async function listen(server: Server): Promise<string> {
  const http = createServer(createNodeHandler(server, { compression: true })).listen(0, '127.0.0.1')
  await once(http, 'listening')
  afterAll(() => {
    http.closeAllConnections()
    http.close()
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`
}
