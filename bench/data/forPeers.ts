import { readFile } from 'node:fs/promises'
import { openSession } from './session.ts'

/** Adds the views and functions of the peers, and the settings that apply to all systems. */
export async function prepareForPeers(databaseUrl: string): Promise<void> {
  const session = await openSession(databaseUrl)
  await session.query(await readFile(new URL('forPeers.sql', import.meta.url), 'utf8'))
  const { name } = (await session.query('SELECT current_database() AS name')).rows[0]
  // The CPU of parallel workers is unknown after they end. 32 concurrent requests keep every core busy without them.
  await session.query(`ALTER DATABASE ${name} SET max_parallel_workers_per_gather = 0`)
  await session.end()
}
