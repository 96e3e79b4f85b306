import type { Transaction } from '../../database/client.ts'
import { Prisma } from '../../database/generated/client.ts'
import type { flagValues } from './flagSchema.ts'

/** A new flag: its numbers here and in PostHog, and its columns. */
export interface NewFlag {
  id: number
  importedId: number
  columns: ReturnType<typeof flagValues> & { createdById: number | null; lastModifiedById: number | null }
}

/** The types of all columns that are written. A column that is forgotten does not compile. */
const types = {
  id: 'int',
  importedId: 'int',
  key: 'text',
  name: 'text',
  filters: 'jsonb',
  deleted: 'boolean',
  active: 'boolean',
  archived: 'boolean',
  version: 'int',
  ensureExperienceContinuity: 'boolean',
  evaluationRuntime: 'evaluation_runtime',
  bucketingIdentifier: 'bucketing_identifier',
  isRemoteConfiguration: 'boolean',
  hasEncryptedPayloads: 'boolean',
  isUsedInReplaySettings: 'boolean',
  tags: 'text[]',
  lastCalledAt: 'timestamptz',
  createdById: 'int',
  lastModifiedById: 'int',
  createdAt: 'timestamptz',
  updatedAt: 'timestamptz',
} satisfies Record<'id' | 'importedId' | keyof NewFlag['columns'], string>

const toColumn = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const names = Object.keys(types)
const columns = Prisma.raw(names.map(toColumn).join(', '))
const values = Prisma.raw(names.map((name) => (name === 'createdAt' ? 'coalesce("createdAt", now())' : `"${name}"`)).join(', '))
const shape = Prisma.raw(
  Object.entries(types)
    .map(([name, type]) => `"${name}" ${type}`)
    .join(', '),
)

/**
 * Inserts flags by one statement with one parameter. Prisma's own would have one for each value, and keep the last hundred statements in
 * memory: too much for hundreds of thousands of flags.
 */
export async function insertFlags(tx: Transaction, projectId: number, flags: readonly NewFlag[]): Promise<void> {
  if (flags.length === 0) return
  const rows = JSON.stringify(flags.map(({ id, importedId, columns }) => ({ ...columns, id, importedId })))
  await tx.$executeRaw(Prisma.sql`
    INSERT INTO feature_flags (project_id, ${columns})
    SELECT ${projectId}::int, ${values} FROM jsonb_to_recordset(${rows}::jsonb) AS row (${shape})`)
}
