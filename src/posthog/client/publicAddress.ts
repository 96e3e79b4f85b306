import { BlockList, isIPv6 } from 'node:net'

// Addresses with a special use (IANA's registries). A server that can be made to connect to them can be used against its own network.
const special = new BlockList()
for (const [address, bits] of [
  ...([['0.0.0.0', 8] as const, ['10.0.0.0', 8] as const, ['100.64.0.0', 10] as const, ['127.0.0.0', 8] as const] as const),
  ...([['169.254.0.0', 16] as const, ['172.16.0.0', 12] as const, ['192.0.0.0', 24] as const, ['192.0.2.0', 24] as const] as const),
  ...([['192.88.99.0', 24] as const, ['192.168.0.0', 16] as const, ['198.18.0.0', 15] as const] as const),
  ...([['198.51.100.0', 24] as const, ['203.0.113.0', 24] as const, ['224.0.0.0', 3] as const] as const),
]) {
  special.addSubnet(address, bits)
}
for (const [address, bits] of [['2001::', 23] as const, ['2001:db8::', 32] as const, ['2002::', 16] as const, ['3fff::', 20] as const]) {
  special.addSubnet(address, bits, 'ipv6')
}
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')

/** Whether an address is one of the public internet. Forms that carry an IPv4 address inside IPv6 are not. */
export function isPublicAddress(address: string): boolean {
  if (!isIPv6(address)) return !special.check(address)
  return global6.check(address, 'ipv6') && !special.check(address, 'ipv6')
}
