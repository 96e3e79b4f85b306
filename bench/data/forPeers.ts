import { readFile } from 'node:fs/promises'
import { openSession } from './session.ts'

/** Adds what the peers' schemas are made of, and the settings that hold for every system alike. */
export async function prepareForPeers(databaseUrl: string): Promise<void> {
  const session = await openSession(databaseUrl)
  await session.query(await readFile(new URL('forPeers.sql', import.meta.url), 'utf8'))
  const { name } = (await session.query('SELECT current_database() AS name')).rows[0]
  // What parallel workers use of the processor is gone with them, and thirty-two questions at a time keep every core busy anyway.
  await session.query(`ALTER DATABASE ${name} SET max_parallel_workers_per_gather = 0`)
  await session.end()
}
