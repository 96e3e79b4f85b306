import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll } from 'vitest'

/**
 * `pass`: forwards everything. `silent`: drops every byte and keeps connections open, as a firewall or a frozen host does. `refuse`: closes
 * each connection at once.
 */
type Mode = 'pass' | 'silent' | 'refuse'

export interface TcpProxy {
  /** The URL of the target, through the proxy. */
  url: string
  mode: Mode
  /** Holds back each piece of an answer for so long, in milliseconds. */
  delayMs: number
  /** Cuts all connections. */
  cut(): void
  /** Resolves when a client has sent something that was dropped, from now on. */
  nextDropped(): Promise<void>
}

/** A network between the service and what it needs, which a test can break. It is there until the test file is done. */
export async function tcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let dropped = Promise.withResolvers<void>()

  const forward = (from: Socket, to: Socket, delay: () => number, onDrop: () => void) => {
    sockets.add(from)
    from.on('error', () => {})
    // A silent network does not pass on the end of a connection either.
    from.on('end', () => {
      if (proxy.mode !== 'silent') to.end()
    })
    from.on('close', () => {
      sockets.delete(from)
      if (proxy.mode !== 'silent') to.destroy()
    })
    from.on('data', (bytes) => {
      if (proxy.mode === 'silent') onDrop()
      else if (delay() > 0) setTimeout(() => to.writable && to.write(bytes), delay())
      else if (to.writable) to.write(bytes)
    })
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (proxy.mode === 'refuse') return client.resetAndDestroy()
    const upstream = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    forward(
      client,
      upstream,
      () => 0,
      () => {
        dropped.resolve()
        dropped = Promise.withResolvers()
      },
    )
    forward(
      upstream,
      client,
      () => proxy.delayMs,
      () => {},
    )
    return undefined
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const proxy: TcpProxy = {
    url: url.href,
    mode: 'pass',
    delayMs: 0,
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    nextDropped: () => dropped.promise,
  }
  afterAll(() => {
    proxy.cut()
    server.close()
  })
  return proxy
}
