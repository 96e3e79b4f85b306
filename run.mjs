// Starts a program of this project with a suitable version of Node: node run.mjs [options for Node] <program> [arguments]
// That is the Node that runs this file, or else that of the npm package `node`. Compiled code is cached for the next start.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

const inProject = (path) => fileURLToPath(new URL(path, import.meta.url))

/** npm installs what a package needs in the package's own folder, or beside it. An empty text if it is nowhere. */
function packageFolder(name) {
  try {
    return dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)))
  } catch {
    return ''
  }
}

function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 10)) return process.execPath
  return ['node', 'node.exe'].map((name) => join(packageFolder('node'), 'bin', name)).find((path) => existsSync(path))
}

const node = findNode()
if (node === undefined) {
  console.error(
    `This is Node ${process.versions.node}; the service needs Node 24.10 or later. It comes with \`npm ci\` or \`npm install\`: run that ` +
      'again and let the install script of the package `node` run (`npm install-scripts approve node`), or install Node 24 yourself.',
  )
  process.exit(1)
}
const args = process.argv.slice(2)
const env = {
  NODE_COMPILE_CACHE: inProject('node_modules/.cache/experiments-graph'),
  // On Linux, what the start took and freed goes back to the system: 10 MB.
  MALLOC_TRIM_THRESHOLD_: '131072',
  ...process.env,
}

// The program replaces this process, so that signals and the exit code need no forwarding. Node 20 and Windows cannot do that. Under npm it is
// not done, because npm, or its shell, can end without forwarding a signal. This process then ends the program. The scripts of servers begin
// with `exec`, so that npm's signals do not stop at the shell.
const parent = process.env.npm_lifecycle_event === undefined ? undefined : process.ppid
if (parent === undefined && process.execve && process.platform !== 'win32') process.execve(node, [node, ...args], env)

const child = spawn(node, args, { env, stdio: 'inherit' })
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
process.on('SIGTERM', () => child.kill('SIGTERM'))
// A terminal also sends Ctrl-C to the program itself. A second SIGINT would end its shutdown early, so none is sent.
process.on('SIGINT', () => [0, 1, 2].some(isatty) || child.kill('SIGINT'))
if (parent !== undefined) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, 200)
}
