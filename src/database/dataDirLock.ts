import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorMessage, explainSystemError, OperatorError } from '../platform/operatorError.ts'

/**
 * Creates the data folder if it is missing, readable only by its owner. Its parent folder must exist.
 *
 * @throws OperatorError if the folder cannot be created.
 */
export function ensureDataDir(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (isFolder(folder)) return
    throw new OperatorError(`DATA_DIR cannot be used: ${explainSystemError(error, resolve(folder)) ?? errorMessage(error)}`)
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/**
 * Locks the data folder for this process, and creates it if it is missing. SQLite holds the lock, because Node has no file locks of its own.
 * The operating system releases the lock when the process ends, even after a crash.
 *
 * @returns a function that releases the lock
 * @throws OperatorError if the folder cannot be used, or another process has it open.
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
