import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { UserMistake } from '../errors/UserMistake.ts'

/** Another process has the data folder open. */
export class DataFolderInUse extends UserMistake {
  constructor(folder: string) {
    super(
      `${resolve(folder)} is open in another process. The embedded database serves one process at a time: stop the other one, ` +
        'choose another folder with DATA_DIR, or set DATABASE_URL to use PostgreSQL.',
    )
  }
}

/**
 * Takes the folder (made when missing, for its owner alone) for this process and answers how to let it go. SQLite holds the lock
 * because it is the operating system's own, in Node without a native package: it ends with the process, however that ends.
 *
 * @throws DataFolderInUse
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(folder, 'lock'))
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch {
    lock.close()
    throw new DataFolderInUse(folder)
  }
  return () => lock.close()
}
