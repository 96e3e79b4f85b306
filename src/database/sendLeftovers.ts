import type { Database } from './database.ts'
import { takeMessages } from './pubsub/outbox.ts'
import { withTransaction } from './transaction.ts'

/** Younger messages are being sent by the server that committed them. */
const minAgeMs = 10_000
const batchSize = 1_000

/** Sends the messages that servers left unsent, because they were killed after a commit, or Redis did not answer. Returns how many. */
export async function sendLeftovers(database: Database, now: Date): Promise<{ sent: number }> {
  const before = new Date(now.getTime() - minAgeMs)
  let sent = 0
  for (let isLast = false; !isLast; ) {
    const messages = await withTransaction(database, async ({ tx }) => {
      const taken = await takeMessages(tx, before, batchSize)
      // A message that is not sent stays.
      if (!(await database.pubSub.afterCommit([...new Set(taken)])))
        throw new Error('Redis did not take the messages that were left unsent.')
      return taken
    })
    sent += messages.length
    isLast = messages.length < batchSize
  }
  return { sent }
}
