import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { programs, seen } from './support/program.ts'

// The real program, in a process of its own, on an embedded database on disk. It is the same whatever database the suite runs on.

// Starting it several times takes long on a busy machine.
vi.setConfig({ testTimeout: 300_000 })

const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-main-'))
const { launch, serve } = programs({ DATA_DIR: join(folder, 'data') })
afterAll(() => rm(folder, { recursive: true }))

async function ask(url: string, key: string, query: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as { data: Record<string, { totalCount: number }> }
}

/** A port that nobody listens on, for a program that cannot say which it got. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const counts =
  '{ eligibleFeatureFlags(projectId: 1) { totalCount } experiments(projectId: 1) { totalCount } viewer { projects { totalCount } } }'

it('seeds a demo once, keeps it through a kill, and lets one process in at a time', async () => {
  const first = await serve()
  expect(first.output()).toContain('GraphiQL')
  const keyFile = join(folder, 'data', 'demo-key')
  expect(await readFile(keyFile, 'utf8')).toBe(`${first.key}\n`)
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
  const answer = await ask(first.url, first.key, counts)
  expect(answer.data.eligibleFeatureFlags?.totalCount).toBe(11)

  const intruder = launch({})
  expect(await intruder.exit).toBe(1)
  expect(intruder.output()).toContain('is open in another process')
  expect(intruder.output()).not.toContain('    at ')
  expect(await ask(first.url, first.key, counts)).toEqual(answer)

  first.child.kill('SIGKILL')
  await first.exit
  const second = await serve()
  expect(second.key).toBe(first.key)
  expect(await ask(second.url, second.key, counts)).toEqual(answer)

  second.child.kill('SIGTERM')
  expect(await second.exit).toBe(0)
})

it('prints the first query so that it can be pasted', async () => {
  const { output, url } = await serve()
  const body = /-d '(.+)'/.exec(output())?.[1] ?? ''
  const key = /Bearer (\S+)'/.exec(output())?.[1] ?? ''
  const { query } = JSON.parse(body) as { query: string }
  expect((await ask(url, key, query)).data.eligibleFeatureFlags?.totalCount).toBe(11)
})

it('serves metrics on a port of their own, and logs each request', async () => {
  const { child, key, output, url } = await serve({ METRICS_PORT: '0', ACCESS_LOG: 'true' })
  const logged = seen(child.stderr, '"operation":"Counts"')
  await ask(url, key, `query Counts ${counts}`)
  await logged
  const metrics = /Metrics for Prometheus: (\S+)/.exec(output())?.[1] ?? ''
  expect(await (await fetch(metrics)).text()).toContain(
    'experiments_graph_operations_total{operation="Counts",kind="query",outcome="ok"} 1',
  )
  expect((await fetch(new URL('/metrics', url))).status).toBe(404)
})

it.runIf(existsSync('/dev/full'))('answers though what it prints is lost', async () => {
  const full = await open('/dev/full', 'w')
  const port = await freePort()
  const { child } = launch({ PORT: String(port), DATA_DIR: join(folder, 'full') }, full.fd)
  await seen(child.stderr, 'The output is lost: Standard output')
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
  await full.close()
})

it('keeps demo data and demo key out of a database when told so', async () => {
  const program = launch({ DATA_DIR: join(folder, 'bare'), DEMO_DATA: 'false' })
  await new Promise<void>((resolve) => program.child.stdout?.on('data', () => program.output().includes('npm run keys') && resolve()))
  expect(program.output()).not.toContain('phx_')
  await expect(stat(join(folder, 'bare', 'demo-key'))).rejects.toThrow('ENOENT')
})

it('stops at a wrong setting and names it', async () => {
  const program = launch({ PORT: 'eighty', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://user:secret@host/db' })
  expect(await program.exit).toBe(1)
  expect(program.output()).toContain("PORT must be a number (it is 'eighty')")
  expect(program.output()).toContain('LOG_LEVEL must be')
  expect(program.output()).toContain('DATABASE_URL must be')
  expect(program.output()).not.toContain('secret')
})

it('says which port is taken', async () => {
  const first = await serve()
  const program = launch({ PORT: new URL(first.url).port, DATA_DIR: join(folder, 'other') })
  expect(await program.exit).toBe(1)
  expect(program.output()).toContain('HOST or PORT cannot be used: listen EADDRINUSE')
  expect(program.output()).toContain('Stop the program that uses the port, or choose another.')

  const blind = launch({ METRICS_PORT: new URL(first.url).port, DATA_DIR: join(folder, 'other') })
  expect(await blind.exit).toBe(1)
  expect(blind.output()).toContain('METRICS_HOST or METRICS_PORT cannot be used: listen EADDRINUSE')

  const lost = launch({ HOST: 'no such host', DEMO_DATA: 'false', DATA_DIR: join(folder, 'other') })
  expect(await lost.exit).toBe(1)
  expect(lost.output()).toContain('HOST or PORT cannot be used: getaddrinfo')
})

it.each(['package.json', 'no/such/folder'])('says that the data folder cannot be %s', async (name) => {
  const program = launch({ DATA_DIR: name })
  expect(await program.exit).toBe(1)
  expect(program.output()).toMatch(/^DATA_DIR cannot be used: /)
})

it('rejects a request without a proper host, and shows nothing of itself', async () => {
  const { url } = await serve()
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end('GET /graphql HTTP/1.1\r\nHost: ][\r\nConnection: close\r\n\r\n')
  const answer = (await socket.toArray()).join('')
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
  expect(answer).toContain('BAD_USER_INPUT')
  expect(answer).not.toContain('    at ')
})

it('goes on after a rejection that nobody awaits, and logs it', async () => {
  const rejectOnSignal = "data:text/javascript,process.on('SIGUSR2',()=>{Promise.reject(new Error('lost-by-nobody'))})"
  const { child, url, key } = await serve({ NODE_OPTIONS: `--import=${rejectOnSignal.replaceAll(' ', '%20')}` })
  const logged = seen(child.stderr, 'lost-by-nobody')
  child.kill('SIGUSR2')
  await logged
  expect((await ask(url, key, counts)).data.experiments?.totalCount).toBeGreaterThan(0)
  expect(child.exitCode).toBeNull()
})

it('ends at once at a second signal, also while a request is under way', async () => {
  const program = await serve()
  const socket = connect(Number(new URL(program.url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n')
  // The server asks for the body: from here on the request is under way, and it never ends.
  await seen(socket, '100 Continue')
  program.child.kill('SIGTERM')
  await seen(program.child.stderr, 'Server stopping')
  program.child.kill('SIGTERM')
  expect(await program.exit).toBe(1)
})

it('says that a database cannot be reached, without its password', async () => {
  const program = launch({ DATABASE_URL: 'postgres://somebody:secret@127.0.0.1:1/none' })
  expect(await program.exit).toBe(1)
  expect(program.output()).toContain('The database of DATABASE_URL cannot be reached: connect ECONNREFUSED')
  expect(program.output()).not.toContain('secret')
})

it('ends subscriptions when it is told to stop, and then itself', async () => {
  const { child, exit, key, url } = await serve()
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query: 'subscription { experimentUpdated(projectId: 1) { name } }' }),
  })
  child.kill('SIGTERM')
  expect(await response.text()).toContain('event: complete')
  expect(await exit).toBe(0)
})

it('says that Redis cannot be reached, without its password', async () => {
  const program = launch({ REDIS_URL: 'redis://:secret@127.0.0.1:1', DATA_DIR: join(folder, 'redis') })
  expect(await program.exit).toBe(1)
  expect(program.output()).toContain('The Redis of REDIS_URL cannot be reached: ')
  expect(program.output()).not.toContain('secret')
})
