import { expect, it } from 'vitest'
import { createPglite, openPglite } from '../../src/database/pglite.ts'

it('a database that was just made takes lists of its own types', async () => {
  const { db, close, migrated } = await openPglite(await createPglite())
  expect(migrated).not.toEqual([])
  const states = ['PENDING', 'APPROVED']
  expect(await db.$queryRaw`SELECT 'PENDING'::change_request_state = ANY (${states}::change_request_state[]) AS found`).toEqual([
    { found: true },
  ])
  await close()
})
