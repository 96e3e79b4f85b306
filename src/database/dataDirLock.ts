import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorMessage, OperatorError } from '../platform/operatorError.ts'

/**
 * Makes the data folder where it is missing, for its owner alone. The folder it is in has to be there.
 *
 * @throws OperatorError when the folder cannot be used
 */
export function ensureDataDir(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new OperatorError(`DATA_DIR cannot be used: ${errorMessage(error)}`)
  }
}

/**
 * Takes the data folder, made where it is missing, for this process and answers how to let it go. SQLite holds the lock
 * because it is the operating system's own, in Node without a native package: it ends with the process, however that ends.
 *
 * @throws OperatorError when the folder cannot be used, or another process has it open
 */
export function lockDataDir(folder: string): () => void {
  ensureDataDir(folder)
  const lock = openLockDatabase(folder)
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch {
    lock.close()
    throw new OperatorError(
      `${resolve(folder)} is open in another process. The embedded database serves one process at a time: stop the other one, ` +
        'choose another folder with DATA_DIR, or set DATABASE_URL to use PostgreSQL.',
    )
  }
  return () => lock.close()
}

function openLockDatabase(folder: string): DatabaseSync {
  try {
    return new DatabaseSync(join(folder, 'lock'))
  } catch (error) {
    throw new OperatorError(`DATA_DIR cannot be used: ${errorMessage(error)} in ${resolve(folder)}`)
  }
}
