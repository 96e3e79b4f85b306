import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hashToken, maskToken, newToken } from '../../auth/apiKey.ts'
import { makeDataFolder } from '../../database/dataDirLock.ts'
import type { Db, Transaction } from '../../database/open.ts'
import { demoEmail } from '../../platform/demoUser.ts'
import { seedDemo } from './seedDemo.ts'

/** The demo project and the way into it. */
export interface Demo {
  projectId: number
  key: string
  keyFile: string
}

/**
 * The demo data and a key to it: made at the first start of a database that has no organization yet, found again at every later one.
 * Null where the database has organizations of its own and no demo data. A lost key file is replaced by a new key.
 *
 * @param folder where the key is kept, readable by its owner alone
 */
export async function ensureDemo(db: Db, folder: string, now: Date): Promise<Demo | null> {
  const keyFile = join(folder, 'demo-key')
  return db.$transaction(
    async (tx) => {
      // Servers that start at once on one database seed it once.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(6650993)`
      if ((await tx.organization.count()) === 0) await seedDemo(tx, now)

      const user = await tx.user.findUnique({ where: { email: demoEmail }, select: { id: true } })
      const project =
        user &&
        (await tx.project.findFirst({ where: { organization: { memberships: { some: { userId: user.id } } } }, orderBy: { id: 'asc' } }))
      if (user === null || project === null) return null
      return { projectId: project.id, key: await demoKey(tx, user.id, keyFile), keyFile }
    },
    { timeout: 120_000, maxWait: 120_000 },
  )
}

async function demoKey(tx: Transaction, userId: number, keyFile: string): Promise<string> {
  const kept = keptKey(keyFile)
  if (kept !== null && (await tx.personalApiKey.count({ where: { secureValue: hashToken(kept), userId } })) === 1) return kept

  const key = newToken()
  await tx.personalApiKey.create({ data: { userId, label: 'demo', secureValue: hashToken(key), mask: maskToken(key), scopes: ['*'] } })
  makeDataFolder(dirname(keyFile))
  writeFileSync(keyFile, `${key}\n`, { mode: 0o600 })
  return key
}

function keptKey(keyFile: string): string | null {
  try {
    return readFileSync(keyFile, 'utf8').trim()
  } catch {
    return null
  }
}
