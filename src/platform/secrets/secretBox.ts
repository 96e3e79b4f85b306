import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { OperatorError } from '../operatorError.ts'

/** Encrypts secrets for the database. Each text says which key opens it, and can be opened only for the project that it was made for. */
export interface SecretBox {
  seal(projectId: number, secret: string): string
  /** @throws OperatorError if the key that opens it is not set, or the text was changed. */
  open(projectId: number, sealed: string): string
  /** Whether the text was made with the current key. */
  isCurrent(sealed: string): boolean
}

interface SecretKey {
  id: string
  bytes: Buffer
}

const version = 'v1'
const algorithm = 'aes-256-gcm'

/**
 * Creates the box of LINK_ENCRYPTION_KEY. Previous keys only open.
 *
 * @param current null if it is not set: then everything fails with a sentence that says so
 */
export function createSecretBox(current: string | null, previous: readonly string[] = []): SecretBox {
  const currentKey = current === null ? null : toKey(current)
  const keys = [...(currentKey === null ? [] : [currentKey]), ...previous.map(toKey)]
  return {
    seal: (projectId, secret) => {
      if (currentKey === null) {
        throw new OperatorError(
          "Links store the key of PostHog encrypted, so LINK_ENCRYPTION_KEY must be set. `node -p \"require('crypto').randomBytes(32).toString('base64')\"` makes one.",
        )
      }
      const nonce = randomBytes(12)
      const cipher = createCipheriv(algorithm, currentKey.bytes, nonce).setAAD(Buffer.from(String(projectId)))
      const data = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return [version, currentKey.id, ...[nonce, cipher.getAuthTag(), data].map((part) => part.toString('base64url'))].join(':')
    },
    open: (projectId, sealed) => {
      const [format, id, nonce = '', tag = '', data = ''] = sealed.split(':')
      const key = keys.find((each) => each.id === id)
      if (format !== version || key === undefined) {
        throw new OperatorError(
          `The stored key of project ${projectId} was encrypted with another key. Set LINK_ENCRYPTION_KEY to it, or list it in PREVIOUS_LINK_ENCRYPTION_KEYS.`,
        )
      }
      try {
        const decipher = createDecipheriv(algorithm, key.bytes, Buffer.from(nonce, 'base64url'), { authTagLength: 16 })
          .setAAD(Buffer.from(String(projectId)))
          .setAuthTag(Buffer.from(tag, 'base64url'))
        return Buffer.concat([decipher.update(Buffer.from(data, 'base64url')), decipher.final()]).toString('utf8')
      } catch {
        throw new OperatorError(`The stored key of project ${projectId} is damaged. Link the project again.`)
      }
    },
    isCurrent: (sealed) => sealed.split(':')[1] === currentKey?.id,
  }
}

/** A key is known by the first digits of its hash, which say nothing of it. */
function toKey(text: string): SecretKey {
  const bytes = parseSecretKey(text)
  if (bytes === null) throw new Error('A key for encryption must have 32 bytes.')
  return { id: hashSecret(bytes).slice(0, 8), bytes }
}

/** Parses a key of 32 bytes, as base64 or hexadecimal. Null if it is none. */
export function parseSecretKey(given: string): Buffer | null {
  const text = given.trim()
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === 32 ? bytes : null
}

/** The SHA-256 of a secret, by which it is compared and counted. */
export function hashSecret(secret: string | Buffer): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The part of a key that people may see. */
export function maskSecret(secret: string): string {
  return secret.length < 12 ? '…' : `${/^[a-z]{2,5}_/.exec(secret)?.[0] ?? ''}…${secret.slice(-4)}`
}
