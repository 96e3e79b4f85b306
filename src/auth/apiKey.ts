import { hash, randomBytes } from 'node:crypto'

const prefix = 'phx_'
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A new token: `phx_` and 35 random bytes in base 62 (experiments.md 11.1). It is shown once and never stored. */
export function generateApiKey(): string {
  let rest = BigInt(`0x${randomBytes(35).toString('hex')}`)
  let text = ''
  while (rest > 0n) {
    text = alphabet[Number(rest % 62n)] + text
    rest /= 62n
  }
  return prefix + text
}

/** The stored form of a token. Tokens are random, so they need no salt, and a unique index can find the hash. */
export function hashApiKey(token: string): string {
  return `sha256$${hash('sha256', token)}`
}

/** The part of a token that is shown later: its first and last four characters. */
export function maskApiKey(token: string): string {
  return `${token.slice(0, 4)}...${token.slice(-4)}`
}

/** The token of an `Authorization: Bearer` header; null if there is none. */
export function parseBearerToken(header: string | null): string | null {
  return /^Bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1] ?? null
}
