import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generateApiKey, hashApiKey, maskApiKey } from '../../auth/apiKey.ts'
import type { Db, Transaction } from '../../database/client.ts'
import { ensureDataDir } from '../../database/dataDirLock.ts'
import { demoEmail } from '../../platform/demoUser.ts'
import { seedDemo } from './seedDemo.ts'

/** The demo project, and the API key to it. */
export interface Demo {
  projectId: number
  key: string
  keyFile: string
}

/**
 * Seeds the demo data if the database has no organization yet, and returns the demo project with a key. Null when the database has
 * other organizations and no demo data. If the key file is lost, a new key is created.
 *
 * @param folder the folder of the key file, which only its owner can read
 */
export async function ensureDemo(db: Db, folder: string, now: Date): Promise<Demo | null> {
  const keyFile = join(folder, 'demo-key')
  return db.$transaction(
    async (tx) => {
      // If several servers start at once, only the first one seeds.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(6650993)`
      if ((await tx.organization.count()) === 0) await seedDemo(tx, now)

      const user = await tx.user.findUnique({ where: { email: demoEmail }, select: { id: true } })
      const project =
        user &&
        (await tx.project.findFirst({ where: { organization: { memberships: { some: { userId: user.id } } } }, orderBy: { id: 'asc' } }))
      if (user === null || project === null) return null
      return { projectId: project.id, key: await getOrCreateDemoKey(tx, user.id, keyFile), keyFile }
    },
    { timeout: 120_000, maxWait: 120_000 },
  )
}

async function getOrCreateDemoKey(tx: Transaction, userId: number, keyFile: string): Promise<string> {
  const storedKey = readKeyFile(keyFile)
  if (storedKey !== null && (await tx.personalApiKey.count({ where: { secureValue: hashApiKey(storedKey), userId } })) === 1)
    return storedKey

  const key = generateApiKey()
  await tx.personalApiKey.create({ data: { userId, label: 'demo', secureValue: hashApiKey(key), mask: maskApiKey(key), scopes: ['*'] } })
  ensureDataDir(dirname(keyFile))
  writeFileSync(keyFile, `${key}\n`, { mode: 0o600 })
  return key
}

function readKeyFile(keyFile: string): string | null {
  try {
    return readFileSync(keyFile, 'utf8').trim()
  } catch {
    return null
  }
}
