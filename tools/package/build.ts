// Makes dist/, which `npm pack` puts into the package: the sources as JavaScript, and the other files beside them.
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

rmSync('dist', { recursive: true, force: true })
// npm shows what goes to standard output as part of its own output.
const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tools/package/tsconfig.json']
const { status } = spawnSync(process.execPath, compiler, { stdio: ['ignore', process.stderr, process.stderr] })
if (status !== 0) process.exit(status ?? 1)
for (const file of globSync('src/**/*', { withFileTypes: true })) {
  const path = join(relative('.', file.parentPath), file.name)
  if (file.isFile() && !path.endsWith('.ts')) cpSync(path, join('dist', relative('src', path)))
}
