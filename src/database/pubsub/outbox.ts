import type { Transaction } from '../client.ts'

// Messages that are sent only after their transaction has committed. A server that is killed in between leaves them here.

/** Keeps the messages of a transaction until they are sent. Returns their ids. */
export async function keepMessages(tx: Transaction, messages: readonly string[]): Promise<number[]> {
  const rows = await tx.$queryRaw<{ id: number }[]>`
    INSERT INTO unsent_messages (text) SELECT text FROM unnest(${[...messages]}::text[]) AS text RETURNING id`
  return rows.map(({ id }) => id)
}

export async function forgetMessages(db: Transaction, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await db.$executeRaw`DELETE FROM unsent_messages WHERE id = ANY(${[...ids]}::int[])`
}

/** Takes the oldest messages from before a time. Others that take some at the same time get others. */
export async function takeMessages(tx: Transaction, before: Date, limit: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ text: string }[]>`
    DELETE FROM unsent_messages WHERE id IN (
      SELECT id FROM unsent_messages WHERE created_at < ${before} ORDER BY id LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
    ) RETURNING text`
  return rows.map(({ text }) => text)
}
