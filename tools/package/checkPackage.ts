// Packs the npm package, installs it in an empty folder as a user does, starts it with one command, asks it, and stops it.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const limitMs = 120_000
/** What a user has: without the programs of this project. */
const userPath = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter)
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|DATA_DIR$|DATABASE_URL$|NODE_)/i.test(name)))

const folder = mkdtempSync(join(tmpdir(), 'experiments-graph-package-'))
try {
  const tarball = join(folder, run('npm', ['pack', '--silent', '--pack-destination', folder], '.').trim().split('\n').at(-1) ?? '')
  console.log(`The package: ${Math.round(readFileSync(tarball).byteLength / 1_000)} kB.`)
  const app = join(folder, 'app')
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), '{}')
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', tarball], app)
  const version = run('npx', ['--no-install', 'experiments-graph', '--version'], app).trim()
  if (version !== JSON.parse(readFileSync('package.json', 'utf8')).version) throw new Error(`It says that it is version ${version}.`)
  console.log('An empty folder: installs it.')
  await tryServer(app)
  console.log('The server: starts with one command, answers, and ends with code 0 on SIGTERM.')
} catch (error) {
  console.error('check:package:', (error as Error).message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}

function run(program: string, args: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    ...{ cwd, encoding: 'utf8', timeout: limitMs, shell: process.platform === 'win32' },
    env: { ...environment, PATH: userPath },
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed.\n${stdout ?? ''}${stderr ?? ''}`)
  return stdout
}

/** The program that `npx` starts, without npm between: the exit code is then that of the service. */
async function tryServer(app: string): Promise<void> {
  const port = await freePort()
  const server = spawn(join(app, 'node_modules/.bin/experiments-graph'), ['start'], {
    cwd: app,
    env: { ...environment, PATH: userPath, PORT: String(port) },
  })
  const limit = setTimeout(() => server.kill('SIGKILL'), limitMs)
  const exit = once(server, 'exit')
  let output = ''
  server.stderr.on('data', (chunk) => (output += chunk))
  try {
    for await (const chunk of server.stdout) {
      output += chunk
      if (/First query/.test(output)) break
    }
    const url = `http://127.0.0.1:${port}`
    for (const path of ['/health', '/ready', '/graphiql/graphiql.js', '/graphiql/start.js']) {
      const { ok, status } = await fetch(url + path)
      if (!ok) throw new Error(`${path} answers ${status}.`)
    }
    const key = readFileSync(join(app, '.data/demo-key'), 'utf8').trim()
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: '{ stats(projectId: 1) { activeExperiments } eligibleFeatureFlags(projectId: 1) { totalCount } }' }),
    })
    const answer = await response.text()
    if (!/"activeExperiments":[1-9].*"totalCount":[1-9]/.test(answer)) throw new Error(`The query is answered with ${answer}.`)
    if (!existsSync(join(app, 'node_modules/experiments-graph/schema.graphql'))) throw new Error('schema.graphql is not in the package.')
    server.kill('SIGTERM')
    const [code, signal] = await exit
    if (code !== 0) throw new Error(`The server ended with code ${code} (${signal}) on SIGTERM.`)
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${output}`)
  } finally {
    clearTimeout(limit)
    server.kill('SIGKILL')
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
