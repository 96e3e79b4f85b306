import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'

/** About what a token takes in memory, with its nodes. Measured on operations of 5,000 tokens: 260 to 490 bytes. */
const bytesPerToken = 500
const bytesPerError = 2_000

/**
 * Caches parsed documents, and the errors of those that cannot be parsed, by their text. Both are bounded by their size in memory: Yoga's
 * own caches count documents, and a thousand documents of 900 KB would fill the heap.
 */
export function createDocumentCache(maxBytes: number) {
  return {
    documentCache: new LRUCache<string, DocumentNode>({
      maxSize: maxBytes,
      sizeCalculation: (document, text) => textBytes(text) + countTokens(document) * bytesPerToken,
    }),
    errorCache: new LRUCache<string, Error>({
      maxSize: Math.ceil(maxBytes / 10),
      sizeCalculation: (_error, text) => textBytes(text) + bytesPerError,
    }),
  }
}

/** Strings take one or two bytes for each character. */
const textBytes = (text: string) => 1 + 2 * text.length

function countTokens({ loc }: DocumentNode): number {
  let tokens = 0
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) tokens++
  return tokens
}
