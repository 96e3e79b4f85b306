import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

type Manifest = Record<
  'dependencies' | 'devDependencies' | 'optionalDependencies' | 'peerDependencies' | 'scripts',
  Record<string, string> | undefined
>
const manifest = (folder = '.') => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

const folder = mkdtempSync(join(tmpdir(), 'experiments-graph-node-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('runs on the Node that package.json brings', () => {
  expect(process.versions.node).toBe(manifest().optionalDependencies?.node)
  expect(process.versions.node).toMatch(new RegExp(`^${readFileSync('.node-version', 'utf8').trim()}\\.`))
})

it.each([
  '.',
  'bench',
  'clickhouse',
  'interop',
  'site',
  'tools',
  'web',
  ...readdirSync('examples').flatMap((name) => (name.includes('.') ? [] : `examples/${name}`)),
])('pins every dependency of %s to one version', (folder) => {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest(folder)
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies })
  // The example of the link runs on the packages of the service. The action and the front end need none.
  expect(all.length > 0).toBe(!['examples/check-flags', 'examples/front-end', 'examples/posthog'].includes(folder))
  for (const [name, version] of all) expect(version, name).toMatch(/^\d/)
})

it('can be compiled before its first start', () => {
  const kept = join(folder, 'compiled')
  const env = { ...process.env, NODE_COMPILE_CACHE: kept }
  expect(execFileSync('npm', ['run', '--silent', 'compile'], { encoding: 'utf8', env })).toBe('')
  expect(readdirSync(kept, { recursive: true }).length).toBeGreaterThan(500)
})

describe('run.mjs', () => {
  /** As an older Node would run it. */
  const older = `data:text/javascript,${encodeURIComponent(
    "Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); process.execve = undefined",
  )}`
  const run = (launcher: string, ...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } })
  const runOlder = (...args: string[]) => run('--import', older, ...args)

  it('starts every program of package.json that needs the right Node', () => {
    const others = ['format', 'check', 'check:types', 'check:lint', 'check:generated', 'check:page', 'ci']
    // It takes the options of Node from the command that it is given.
    expect(manifest().scripts?.cli).toBe('exec node cli.mjs')
    const { cli: _cli, ...scripts } = manifest().scripts ?? {}
    for (const [name, command] of Object.entries(scripts)) {
      const start = ['start', 'dev'].includes(name) ? 'exec node' : 'node'
      if (!others.includes(name)) expect(command.startsWith(`${start} run.mjs `), name).toBe(true)
    }
  })

  it.each([
    ['takes the Node that runs it where that is new enough', run],
    ['takes the Node of `npm ci` where an older one is found first', runOlder],
  ])('%s, and gives the program its options, arguments and exit code', (_what, run) => {
    const program = 'console.log(process.version, typeof gc, process.argv.at(-1), process.env.NODE_COMPILE_CACHE); process.exitCode = 7'
    const { stdout, stderr, status } = run('run.mjs', '--expose-gc', '--eval', program, 'argument')
    expect(stderr).toBe('')
    expect(stdout).toMatch(
      new RegExp(`^v${manifest().optionalDependencies?.node} function argument .+node_modules.\\.cache.experiments-graph\n$`),
    )
    expect(status).toBe(7)
  })

  const untilTold = (signal: string) =>
    `process.on('${signal}', () => process.exit(9)); setInterval(() => {}, 1000); console.log(process.pid)`

  it.each([
    ['SIGINT', 'the right Node', [], {}],
    ['SIGTERM', 'the right Node', [], {}],
    ['SIGINT', 'an older Node', ['--import', older], {}],
    ['SIGTERM', 'an older Node', ['--import', older], {}],
    ['SIGINT', 'npm', [], { npm_lifecycle_event: 'start' }],
    ['SIGTERM', 'npm', [], { npm_lifecycle_event: 'start' }],
  ])('passes %s on where %s runs it, and ends with the program', async (signal, _what, options, settings) => {
    const child = spawn(process.execPath, [...options, 'run.mjs', '--eval', untilTold(signal)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...settings },
    })
    const [pid] = await once(child.stdout, 'data')
    child.kill(signal as NodeJS.Signals)
    expect(await once(child, 'exit')).toEqual([9, null])
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
  })

  it('leaves no program behind where the shell between npm and it is killed', async () => {
    // The shell does more afterwards, so that it stays as the parent.
    const command = `"${process.execPath}" run.mjs --eval "${untilTold('SIGTERM')}"; exit 0`
    const shell = spawn('sh', ['-c', command], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, npm_lifecycle_event: 'start' },
    })
    const [pid] = await once(shell.stdout, 'data')
    shell.kill('SIGTERM')
    // The program holds the other end.
    await once(shell.stdout, 'close')
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leaves no server behind where only npm gets %s', async (signal) => {
    const server = join(folder, 'server.mjs')
    writeFileSync(server, untilTold(signal === 'SIGKILL' ? 'SIGTERM' : signal))
    const start = manifest().scripts?.start?.replace('run.mjs', resolve('run.mjs')).replace('src/main.ts', server)
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start } }))
    const npm = spawn('npm', ['start', '--silent'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH } })
    const [pid] = await once(npm.stdout, 'data')
    npm.kill(signal)
    // The server holds the other end.
    await once(npm.stdout, 'close')
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
  })

  it('starts with `exec` where no shell has it, because a file of this name runs the rest of the line', () => {
    expect(readFileSync('exec.cmd', 'utf8')).toMatch(/^@rem .*\r\n@%\*\r\n$/)
  })

  it('says what to do where there is only an older Node', () => {
    cpSync('run.mjs', join(folder, 'run.mjs'))
    const { stderr, status } = runOlder(join(folder, 'run.mjs'), '--version')
    expect(stderr).toContain('This is Node 20.20.2; the service needs Node 24.10 or later.')
    expect(status).toBe(1)
  })
})
