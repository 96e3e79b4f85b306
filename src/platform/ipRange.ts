import { isIP } from 'node:net'

/** The addresses that begin with the first `prefix` bits of `address`. */
export interface IpRange {
  address: string
  prefix: number
  family: 'ipv4' | 'ipv6'
}

/** Parses an address, or a range as in `10.0.0.0/8`. Null if it is neither. */
export function parseIpRange(text: string): IpRange | null {
  const [address = '', bits, ...rest] = text.trim().split('/')
  const version = isIP(address)
  const length = version === 4 ? 32 : 128
  if (version === 0 || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null
  const prefix = bits === undefined ? length : Number(bits)
  return prefix > length ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}
