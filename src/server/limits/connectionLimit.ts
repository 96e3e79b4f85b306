import type { Server as NodeServer } from 'node:http'
import type { Config } from '../../platform/config.ts'
import { rawAnswer } from '../errorResponse.ts'
import { createPeerReader } from './clientAddress.ts'

type ConnectionConfig = Pick<Config, 'maxConnections' | 'maxConnectionsPerAddress' | 'trustedProxies'>

/**
 * Bounds the connections of each address, so that no caller holds them all. Trusted proxies have no bound. A connection over the bound is told
 * so, and closed.
 *
 * @param onRefusal is told the address, or the network, of each that is closed
 */
export function limitConnections(http: NodeServer, config: ConnectionConfig, onRefusal: (address: string) => void): void {
  const limit = config.maxConnectionsPerAddress ?? Math.ceil(config.maxConnections / 2)
  const peerOf = createPeerReader(config.trustedProxies)
  /** Only addresses with open connections are here. */
  const open = new Map<string, number>()
  const refused = rawAnswer(
    429,
    `Your address has ${limit} connections open, which is the limit. Close one, or send requests over the open ones.`,
  )
  http.on('connection', (socket) => {
    const peer = peerOf(socket)
    if (peer === null) return
    const count = open.get(peer) ?? 0
    if (count >= limit) {
      onRefusal(peer)
      socket.end(refused, () => socket.destroy())
      return
    }
    open.set(peer, count + 1)
    socket.once('close', () => {
      const left = (open.get(peer) ?? 1) - 1
      if (left === 0) open.delete(peer)
      else open.set(peer, left)
    })
  })
}
