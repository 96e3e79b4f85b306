import { readFileSync } from 'node:fs'
import { parse } from 'graphql'
import { z } from 'zod'
import { errorMessage, OperatorError } from '../../platform/operatorError.ts'

/** The operations that clients may send by id: their texts, by id. */
export type TrustedDocuments = ReadonlyMap<string, string>

const plainManifest = z.record(z.string(), z.string())
const apolloManifest = z
  .object({
    format: z.literal('apollo-persisted-query-manifest'),
    version: z.literal(1),
    operations: z.array(z.object({ id: z.string(), body: z.string() })),
  })
  .transform(({ operations }) => Object.fromEntries(operations.map(({ id, body }) => [id, body])))

/**
 * Reads a manifest of trusted documents. It is a JSON object of texts by id, as the Relay compiler and GraphQL Code Generator write it, or
 * Apollo's manifest format.
 *
 * @throws OperatorError if the file cannot be read, is not a manifest, or holds an operation that is not valid GraphQL.
 */
export function readTrustedDocuments(file: string): TrustedDocuments {
  const documents = new Map(Object.entries(readManifest(file)))
  for (const [id, text] of documents) {
    try {
      parse(text, { noLocation: true })
    } catch (error) {
      throw new OperatorError(`TRUSTED_DOCUMENTS: the operation '${id}' in ${file} is not valid GraphQL: ${errorMessage(error)}`)
    }
  }
  return documents
}

function readManifest(file: string): Record<string, string> {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new OperatorError(`TRUSTED_DOCUMENTS: ${file} cannot be read as JSON: ${errorMessage(error)}`)
  }
  const manifest = z.union([apolloManifest, plainManifest]).safeParse(content)
  if (manifest.success) return manifest.data
  throw new OperatorError(`TRUSTED_DOCUMENTS: ${file} must hold a JSON object of operations by id, or an Apollo manifest.`)
}
