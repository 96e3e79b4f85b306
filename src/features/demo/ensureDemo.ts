import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generateApiKey, hashApiKey, maskApiKey } from '../../auth/apiKey.ts'
import type { Transaction } from '../../database/client.ts'
import type { Database } from '../../database/database.ts'
import { ensureDataDir } from '../../database/dataDirLock.ts'
import { demoEmail } from '../../platform/demoUser.ts'
import { memberEmail, seedDemo } from './seedDemo.ts'

/** An API key, and the file that keeps it. */
interface DemoKey {
  key: string
  keyFile: string
}

/** The demo project, and the API key of its owner. */
export interface Demo extends DemoKey {
  projectId: number
  /** The API key of a member, who requests what the owner approves. Null if that person is gone. */
  member: DemoKey | null
}

/**
 * Seeds the demo data if the database has no organization yet, and returns the demo project with two keys. Null when the database has
 * other organizations and no demo data. If a key file is lost, a new key is created.
 *
 * @param folder the folder of the key files, which only their owner can read
 */
export async function ensureDemo(database: Database, folder: string, now: Date): Promise<Demo | null> {
  let isNew = false
  const demo = await database.db.$transaction(
    async (tx) => {
      // If several servers start at once, only the first one seeds.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(6650993)`
      isNew = (await tx.organization.count()) === 0
      if (isNew) await seedDemo(tx, now)

      const user = await tx.user.findUnique({ where: { email: demoEmail }, select: { id: true } })
      const project =
        user &&
        (await tx.project.findFirst({ where: { organization: { memberships: { some: { userId: user.id } } } }, orderBy: { id: 'asc' } }))
      if (user === null || project === null) return null
      const member = await tx.user.findUnique({ where: { email: memberEmail }, select: { id: true } })
      return {
        projectId: project.id,
        ...(await getOrCreateDemoKey(tx, user.id, join(folder, 'demo-key'))),
        member: member && (await getOrCreateDemoKey(tx, member.id, join(folder, 'demo-member-key'))),
      }
    },
    { timeout: 120_000, maxWait: 120_000 },
  )
  // Loaded only then, because it brings the mutations along.
  if (isNew) await (await import('./requestDemoChange.ts')).requestDemoChange(database, now)
  return demo
}

async function getOrCreateDemoKey(tx: Transaction, userId: number, keyFile: string): Promise<DemoKey> {
  const storedKey = readKeyFile(keyFile)
  if (storedKey !== null && (await tx.personalApiKey.count({ where: { secureValue: hashApiKey(storedKey), userId } })) === 1)
    return { key: storedKey, keyFile }

  const key = generateApiKey()
  await tx.personalApiKey.create({ data: { userId, label: 'demo', secureValue: hashApiKey(key), mask: maskApiKey(key), scopes: ['*'] } })
  ensureDataDir(dirname(keyFile))
  writeFileSync(keyFile, `${key}\n`, { mode: 0o600 })
  return { key, keyFile }
}

function readKeyFile(keyFile: string): string | null {
  try {
    return readFileSync(keyFile, 'utf8').trim()
  } catch {
    return null
  }
}
