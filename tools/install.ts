import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Installs the packages of a folder with its own package.json, at the first use and after its lock file has changed. The project's `npm ci`
 * does not install them, because the service does not need them.
 */
export function install(folder: string): void {
  const cwd = fileURLToPath(new URL(`../${folder}`, import.meta.url))
  const changed = statSync(`${cwd}/package-lock.json`).mtimeMs
  const installed = statSync(`${cwd}/node_modules/.package-lock.json`, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (installed >= changed) return

  console.error(`Installing the packages of ${folder}/…`)
  // npm's output goes to standard error, so that standard output has only the output of the program.
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}
