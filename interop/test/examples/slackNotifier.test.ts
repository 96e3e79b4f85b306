import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { seedColleague, seedPolicy } from '../../../test/support/approvals.ts'
import { afterFile } from '../../../test/support/cleanUp.ts'
import { seedExperiment, seedFlag, seedKey } from '../../../test/support/seed.ts'
import { seedTenant } from '../../../test/support/testServer.ts'
import { clientServer } from '../clients/clientServer.ts'

// Runs `npm run example -- slack-notifier` beside the service, and a server that stands for Slack.

const { db, url, run } = await clientServer()
const page = url.replace('/graphql', '/p')

/** What Slack was sent, and when. */
const received: { text: string; at: number }[] = []
/** What Slack says to the next messages, in place of `ok`. */
const answers: ((response: ServerResponse) => void)[] = []
const slack = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  const { text } = (await json(request)) as { text: string }
  received.push({ text, at: performance.now() })
  const answer = answers.shift()
  if (answer === undefined) response.end('ok')
  else answer(response)
}).listen(0, '127.0.0.1')
await once(slack, 'listening')
const webhook = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/services/T/B/secret`

const started = new Set<ReturnType<typeof spawn>>()
beforeEach(() => {
  received.length = 0
  answers.length = 0
})
afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
  started.clear()
})
afterAll(() => {
  slack.closeAllConnections()
  slack.close()
})

/** Starts the program. It reads the trail by itself only once a day, so that messages prove that it was told of the change. */
function notifier(settings: Record<string, string>) {
  const { PATH = '' } = process.env
  const env = { PATH, GRAPHQL_URL: url, SLACK_WEBHOOK_URL: webhook, POLL_SECONDS: '86400', ...settings }
  const child = spawn(process.execPath, ['examples/run.ts', 'slack-notifier'], { env })
  started.add(child)
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  return { child, ended, says: (text: string) => vi.waitFor(() => expect(output).toContain(text), 60_000) }
}

/** A way to the service that a test can cut. What is connected then loses its connection. */
async function cuttableWay(service: URL) {
  const sockets = new Set<Socket>()
  let opened = () => {}
  const webSocket = new Promise<void>((resolve) => (opened = resolve))
  const server = createTcpServer((socket) => {
    const onward = connect(Number(service.port), service.hostname)
    for (const each of [socket, onward]) {
      sockets.add(each)
      each.on('close', () => sockets.delete(each)).on('error', () => {})
    }
    onward.on('data', (chunk) => chunk.includes('connection_ack') && opened())
    socket.pipe(onward).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => void server.close())
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    /** Resolves when the first WebSocket is connected. */
    isOpen: () => webSocket,
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

const texts = () => received.map(({ text }) => text)
const hears = (...expected: string[]) => vi.waitFor(() => expect(texts()).toEqual(expected), 60_000)

/** A project with an experiment that runs, and the notifier of this project. */
async function start(settings: Record<string, string> = {}) {
  const tenant = await seedTenant(db)
  await db.user.update({ where: { id: tenant.user.id }, data: { firstName: 'Ada' } })
  const flag = await seedFlag(db, tenant.project, { key: 'buy-now' })
  const experiment = await seedExperiment(db, flag, { name: 'Buy <now> & here' })
  const program = notifier({ GRAPHQL_KEY: tenant.key, PROJECT_ID: String(tenant.project.id), ...settings })
  await program.says('Changes of ')
  /** Runs a mutation, which must not fail. */
  const mutate = async (mutation: string) => {
    const { data, errors } = await run(tenant.key, `mutation { it: ${mutation} { __typename ... on Error { message } } }`)
    expect(errors).toBeUndefined()
    return data.it as { __typename: string; message?: string }
  }
  const at = `${page}/${tenant.project.id}`
  return { ...tenant, flag, experiment, program, mutate, at }
}

describe('the notifier', () => {
  it('tells of an experiment that is launched, whose flag is switched, and that ends, and links to them', async () => {
    const { experiment, flag, mutate, at, program } = await start()
    const name = `<${at}/experiments/${experiment.id}|Buy &lt;now&gt; &amp; here>`
    const launched = `Ada launched the experiment ${name}.`
    expect(await mutate(`launchExperiment(input: { id: ${experiment.id} })`)).toEqual({ __typename: 'Experiment' })
    await hears(launched)

    await mutate(`updateFeatureFlag(input: { id: ${flag.id}, active: false })`)
    const off = `Ada switched the flag <${at}/flags/buy-now|buy-now> off.`
    await hears(launched, off)

    await mutate(`resumeExperiment(input: { id: ${experiment.id} })`)
    const on = `Ada switched the flag <${at}/flags/buy-now|buy-now> on. The experiment ${name} uses it.`
    await hears(launched, off, on)

    await mutate(`endExperiment(input: { id: ${experiment.id} })`)
    await hears(launched, off, on, `Ada ended the experiment ${name}.`)

    program.child.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
  }, 120_000)

  it('tells of a change that waits for approval', async () => {
    const { flag, mutate, at, ...tenant } = await start()
    await seedPolicy(db, tenant, 'EXPERIMENT_PAUSE', [await seedColleague(db, tenant)])
    expect((await mutate(`updateFeatureFlag(input: { id: ${flag.id}, active: false })`)).__typename).toBe('ApprovalRequiredError')
    await vi.waitFor(() => expect(received).toHaveLength(1), 60_000)
    const { description } = await db.changeRequest.findFirstOrThrow({ where: { projectId: tenant.project.id } })
    const [text = ''] = texts()
    expect(text).toContain('Ada asks for a change that waits for approval: <')
    expect(text).toContain(`|${description}> Approvals that it needs: 1.`)

    const [, address = ''] = /<(.+)\|/.exec(text) ?? []
    expect(address.startsWith(`${at}/approvals/`)).toBe(true)
    const id = decodeURIComponent(address.split('/').at(-1) ?? '')
    const { data } = await run(tenant.key, 'query ($id: ID!) { node(id: $id) { ... on ChangeRequest { state } } }', { id })
    expect(data.node).toEqual({ state: 'PENDING' })
  }, 120_000)

  it('finds a flag that no experiment uses, when it reads the trail', async () => {
    const { mutate, project, at } = await start({ POLL_SECONDS: '1' })
    const alone = await seedFlag(db, project, { key: 'alone' })
    await mutate(`updateFeatureFlag(input: { id: ${alone.id}, active: false })`)
    await hears(`Ada switched the flag <${at}/flags/alone|alone> off.`)
    await mutate(`updateFeatureFlag(input: { id: ${alone.id}, name: "No news" })`)
    await mutate(`updateFeatureFlag(input: { id: ${alone.id}, active: true })`)
    await hears(`Ada switched the flag <${at}/flags/alone|alone> off.`, `Ada switched the flag <${at}/flags/alone|alone> on.`)
  }, 120_000)

  it('connects again when the connection is cut, and tells what it missed and what comes', async () => {
    const way = await cuttableWay(new URL(url))
    const { flag, mutate } = await start({ GRAPHQL_URL: way.url })
    await way.isOpen()
    way.cut()
    await mutate(`updateFeatureFlag(input: { id: ${flag.id}, active: false })`)
    await vi.waitFor(() => expect(texts()).toMatchObject([expect.stringContaining('|buy-now> off.')]), 60_000)
    // Its subscription is back: the trail is not read by itself.
    await mutate(`updateFeatureFlag(input: { id: ${flag.id}, active: true })`)
    await vi.waitFor(() => expect(texts()).toMatchObject([expect.anything(), expect.stringContaining('|buy-now> on.')]), 60_000)
  }, 120_000)

  it('waits as long as Slack asks, and ends only when Slack has the message', async () => {
    const { flag, mutate, program, at } = await start()
    answers.push((response) => response.writeHead(429, { 'retry-after': '2' }).end('rate_limited'))
    await mutate(`updateFeatureFlag(input: { id: ${flag.id}, active: false })`)
    await vi.waitFor(() => expect(received).toHaveLength(1), 60_000)
    program.child.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })

    const message = `Ada switched the flag <${at}/flags/buy-now|buy-now> off.`
    expect(texts()).toEqual([message, message])
    const [first, second] = received
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1_900)
  }, 120_000)

  it('ends when Slack no longer knows the webhook', async () => {
    const { flag, mutate, program } = await start()
    answers.push((response) => response.writeHead(404).end('no_service'))
    await mutate(`updateFeatureFlag(input: { id: ${flag.id}, active: false })`)
    const { code, output } = await program.ended
    expect(output).toContain('Slack refuses the message: HTTP status 404, no_service. Check SLACK_WEBHOOK_URL.\n')
    expect(code).toBe(1)
  }, 120_000)
})

describe('before it starts, the notifier says', () => {
  it.each([
    ['that there is no key', { GRAPHQL_KEY: '' }, 'Set GRAPHQL_KEY to an API key'],
    ['that there is no project', { PROJECT_ID: '' }, 'Set PROJECT_ID to the number of a project'],
    ['that there is no webhook', { SLACK_WEBHOOK_URL: '' }, 'Set SLACK_WEBHOOK_URL to the address of an incoming webhook'],
    ['that the webhook is no URL', { SLACK_WEBHOOK_URL: 'slack' }, 'SLACK_WEBHOOK_URL must be a URL'],
    ['that the key is wrong', {}, 'The server does not accept this key'],
    ['that nobody answers', { GRAPHQL_URL: 'http://127.0.0.1:1/graphql' }, 'fetch failed'],
  ])(
    '%s',
    async (_what, settings, message) => {
      const { code, output } = await notifier({ GRAPHQL_KEY: 'phx_nobody', PROJECT_ID: '1', ...settings }).ended
      expect(output).toContain(message)
      expect(output).not.toContain('    at ')
      expect(code).toBe(1)
    },
    60_000,
  )

  it('which scope is missing', async () => {
    const { user, project } = await seedTenant(db)
    const scopes = ['feature_flag:read', 'experiment:read', 'activity_log:read']
    const { code, output } = await notifier({ GRAPHQL_KEY: await seedKey(db, user, { scopes }), PROJECT_ID: String(project.id) }).ended
    expect(output).toBe('This key lacks the scope approvals:read.\n')
    expect(code).toBe(1)
  }, 60_000)
})
