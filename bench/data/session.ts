import pg from 'pg'

/** Opens a database session in UTC. */
export async function openSession(connectionString: string, options = ''): Promise<pg.Client> {
  const session = new pg.Client({ connectionString, options: `-c TimeZone=UTC ${options}` })
  // Ignored: a query on a lost session fails by itself, and an error while a database is dropped must not hide the first error.
  session.on('error', () => {})
  await session.connect()
  return session
}
