import pg from 'pg'

/** A session of the benchmark's own, in UTC. */
export async function openSession(connectionString: string, options = ''): Promise<pg.Client> {
  const session = new pg.Client({ connectionString, options: `-c TimeZone=UTC ${options}` })
  // A database that is dropped while something else fails must not hide what failed; a query on a lost session fails by itself.
  session.on('error', () => {})
  await session.connect()
  return session
}
