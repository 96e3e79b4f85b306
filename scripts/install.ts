import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Installs what a folder with a package.json of its own needs: at the first use, and after its lock file has changed. `npm ci` of the
 * project leaves these folders out, because the service needs none of it.
 */
export function install(folder: string): void {
  const cwd = fileURLToPath(new URL(`../${folder}`, import.meta.url))
  const changed = statSync(`${cwd}/package-lock.json`).mtimeMs
  const installed = statSync(`${cwd}/node_modules/.package-lock.json`, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (installed >= changed) return

  console.error(`Installing what ${folder}/ needs…`)
  // What npm says goes to standard error: the program's own output stays clean.
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}
