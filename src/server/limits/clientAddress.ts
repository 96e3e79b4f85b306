import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import { type IpRange, parseIpRange } from '../../platform/ipRange.ts'

/** The part of the server's context that Node's HTTP server adds. */
export interface NodeContext {
  req?: IncomingMessage
}

/** Requests that did not come through a socket share this. */
const noAddress = 'none'

/**
 * Creates a function that names the client of a request: the address of the socket. If that is a trusted proxy, it is the last address in
 * `X-Forwarded-For` that is none. The addresses before it may be forged. Clients of one IPv6 network (/64) have one name.
 */
export function createAddressReader(trustedProxies: readonly string[] | null): (context: NodeContext) => string {
  const isTrusted = createProxyCheck(trustedProxies)
  return ({ req }) => {
    let address = plainAddress(req?.socket.remoteAddress ?? '')
    if (address === null) return noAddress
    if (!isTrusted(address)) return networkOf(address)
    const forwarded = String(req?.headers['x-forwarded-for'] ?? '').split(',')
    while (forwarded.length > 0 && isTrusted(address)) {
      const before = plainAddress(forwarded.pop()?.trim() ?? '')
      if (before === null) break
      address = before
    }
    return networkOf(address)
  }
}

/** Creates a function that names the other end of a connection in the same way. Null for a trusted proxy, which connects for many clients. */
export function createPeerReader(trustedProxies: readonly string[] | null): (socket: Socket) => string | null {
  const isTrusted = createProxyCheck(trustedProxies)
  return ({ remoteAddress = '' }) => {
    const address = plainAddress(remoteAddress)
    if (address === null) return noAddress
    return isTrusted(address) ? null : networkOf(address)
  }
}

function createProxyCheck(trustedProxies: readonly string[] | null): (address: string) => boolean {
  const ranges = (trustedProxies ?? []).map(parseIpRange).filter((range): range is IpRange => range !== null)
  if (ranges.length === 0) return () => false
  const trusted = new BlockList()
  for (const { address, prefix, family } of ranges) trusted.addSubnet(address, prefix, family)
  return (address) => trusted.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

/** The address without its zone, and an IPv4 address that is mapped into IPv6 as such. Null if it is no address. */
function plainAddress(text: string): string | null {
  const address = text.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(address) === 0 ? null : address
}

function networkOf(address: string): string {
  if (isIP(address) === 4) return address
  const [start = '', end = ''] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const missing = Math.max(8 - groups(start).length - groups(end).length, 0)
  const all = [...groups(start), ...Array.from({ length: missing }, () => '0'), ...groups(end)]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
