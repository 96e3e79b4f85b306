import type { Readable } from 'node:stream'
import { UpstreamError } from '../../platform/upstreamError.ts'

// A host is what somebody wrote into a mutation. Its answers must not take the memory of all.

/** A page of a hundred flags is normally below one megabyte. */
export const maxAnswerBytes = 32 * 1024 * 1024
/** Of all answers that this server reads at once. */
const maxBytesAtOnce = 128 * 1024 * 1024
/**
 * Brackets, commas and colons of an answer. An object or list takes a hundred bytes of memory, however short it is, and where a number has many
 * digits, each value is looked at. Flags have some hundreds.
 */
const maxMarks = 1_500_000
/** Digits of all numbers. Each number of many takes long. */
const maxDigits = 4_000_000
/** Names of one object: many different ones take long to sort in. */
const maxNames = 50_000
/** Rows have less than thirty levels. */
const maxDepth = 200

export class AnswerTooLarge extends Error {}

let bytesAtOnce = 0

/**
 * Reads an answer.
 *
 * @throws AnswerTooLarge if it is too long. UpstreamError if all that this server reads now are.
 */
export async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength
      bytesAtOnce += chunk.byteLength
      if (bytes > maxAnswerBytes) throw new AnswerTooLarge()
      if (bytesAtOnce > maxBytesAtOnce)
        throw new UpstreamError('PostHog answers too much at once.', { kind: 'unavailable', outcomeUnknown: true })
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  } finally {
    bytesAtOnce -= bytes
  }
}

/**
 * Parses JSON. Numbers keep every digit (src/platform/json.ts). Undefined if it is not JSON.
 *
 * @throws AnswerTooLarge if it has too many values, or is nested too deeply.
 */
export function parseText(text: string): unknown {
  if (hasTooMuch(text)) throw new AnswerTooLarge()
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Looks at the marks outside of strings. Hand-written, because it reads any text once. */
function hasTooMuch(text: string): boolean {
  let [marks, digits, depth] = [0, 0, 0]
  // Of the object that is open at each depth.
  const names = new Uint32Array(maxDepth + 1)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    switch (code) {
      case quote:
        for (index++; index < text.length && text.charCodeAt(index) !== quote; index++) if (text.charCodeAt(index) === backslash) index++
        break
      case openList:
      case openObject:
        marks++
        if (++depth > maxDepth) return true
        names[depth] = 0
        break
      case closeList:
      case closeObject:
        depth--
        break
      case comma:
        marks++
        break
      case colon: {
        marks++
        const count = (names[depth] ?? 0) + 1
        names[depth] = count
        if (count > maxNames) return true
        break
      }
      default:
        if (code >= zero && code <= nine) digits++
    }
    if (marks > maxMarks || digits > maxDigits) return true
  }
  return false
}

const [quote, backslash, openList, openObject, closeList, closeObject, comma, colon] = Buffer.from('"\\[{]},:')
const [zero, nine] = [0x30, 0x39]
