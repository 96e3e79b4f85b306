import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { listen } from '../support/listen.ts'
import { seedExperiment, seedFlag } from '../support/seed.ts'
import { globalId, seedTenant, testServer } from '../support/testServer.ts'
import { corpus, expandCase, type HostileCase, type HostileRequest } from './expand.ts'

const maxCpuMs = 1_000
const maxMemoryBytes = 200_000_000
/** Errors do not repeat what was sent. */
const maxErrorLength = 50_000

const { db, server } = await testServer()
const endpoint = new URL(await listen(server, { keepAliveSeconds: 1 }))
const { key, project } = await seedTenant(db)
const other = await seedTenant(db)
const flag = await seedFlag(db, project, { key: 'ours' })
const otherFlag = await seedFlag(db, other.project, { key: 'a-secret-of-others' })
const chainEnd = await seedChain(200)
const ids = {
  PROJECT: String(project.id),
  FLAG: String(flag.id),
  FLAG_ID: globalId('FeatureFlag', flag.id),
  CHAIN_END_ID: globalId('FeatureFlag', chainEnd),
  EXPERIMENT: String((await seedExperiment(db, flag)).id),
  OTHER_FLAG_ID: globalId('FeatureFlag', otherFlag.id),
}

/** Flags `chain-0`, `chain-1` and so on, each of which depends on the next one. Returns the number of the last one. */
async function seedChain(length: number): Promise<number> {
  const numbers: number[] = []
  for (let place = length - 1; place >= 0; place--) {
    const needs = numbers.slice(-1).map((id) => ({ type: 'flag', key: String(id), operator: 'flag_evaluates_to', value: true }))
    const filters = { groups: [{ properties: needs, rollout_percentage: 100 }] }
    numbers.push((await seedFlag(db, project, { key: `chain-${place}`, filters })).id)
  }
  return numbers[0] ?? 0
}

interface HttpAnswer {
  status: number
  text: string
}

/** Sends a request, and reads the answer even if it comes before the body was sent. */
function send(hostile: Exclude<HostileRequest, { raw: string }>): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { method, path, headers, body } = hostile
    const sent = request(endpoint, { method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      const answer = () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() })
      response
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', answer)
        .on('error', answer)
    })
    sent.on('error', reject).end(body ?? undefined)
  })
}

/** Writes text into a connection. Null if the server closes the connection without an answer. */
function write({ raw, hangUp }: { raw: string; hangUp: boolean }): Promise<HttpAnswer | null> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(endpoint.port), endpoint.hostname, () => socket.write(raw, () => hangUp && socket.destroy()))
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket
      .on('error', () => {})
      .on('close', () => {
        const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]
        resolve(status === undefined ? null : { status: Number(status), text })
      })
  })
}

/** Why an answer is not acceptable; null if it is. */
function findFault(answer: HttpAnswer | null): string | null {
  if (answer === null) return 'no answer'
  const { status, text } = answer
  if (status >= 500 && status !== 503) return `status ${status}: ${text.slice(0, 300)}`
  if (text.includes('INTERNAL_SERVER_ERROR')) return `an internal error: ${text.slice(0, 300)}`
  if (/node_modules|\bat .+\.[jt]s:\d+/.test(text)) return `a stack trace: ${text.slice(0, 300)}`
  if (text.length > maxErrorLength && text.startsWith('{"errors"')) return `${text.length} characters of errors: ${text.slice(0, 300)}`
  if (text.includes('a-secret-of-others')) return `a row of another tenant: ${text.slice(0, 300)}`
  return null
}

const viewer = { method: 'POST', path: '/graphql', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } }
const askNormally = () => send({ ...viewer, body: Buffer.from('{"query":"{ viewer { scopes } }"}') })

interface Attempt {
  answer: HttpAnswer | null
  cpuMs: number
  memoryBytes: number
}

async function attempt(hostile: HostileRequest): Promise<Attempt> {
  const memory = process.memoryUsage().rss
  const start = process.cpuUsage()
  const answer = await ('raw' in hostile ? write(hostile) : send(hostile))
  const { user, system } = process.cpuUsage(start)
  return { answer, cpuMs: (user + system) / 1_000, memoryBytes: process.memoryUsage().rss - memory }
}

/** Sends one case, and then a normal request. Returns what is wrong with it. */
async function tryCase(line: HostileCase): Promise<string[]> {
  const hostile = expandCase(line, key, ids)
  let result = await attempt(hostile)
  // The figures include garbage of earlier tests, which a second attempt does not collect again.
  for (let more = 2; more > 0 && (result.cpuMs > maxCpuMs || result.memoryBytes > maxMemoryBytes); more--) result = await attempt(hostile)
  const { answer, cpuMs, memoryBytes } = result
  const normal = await askNormally()
  // What a case stored must not make the next one dearer.
  await db.featureFlag.update({ where: { id: flag.id }, data: { filters: flag.filters as object } })
  const faults = [
    'raw' in hostile && hostile.hangUp ? null : findFault(answer),
    cpuMs > maxCpuMs ? `${Math.round(cpuMs)} ms of CPU` : null,
    memoryBytes > maxMemoryBytes ? `${Math.round(memoryBytes / 1e6)} MB of memory` : null,
    normal.status === 200 && normal.text === '{"data":{"viewer":{"scopes":["*"]}}}' ? null : `then a normal request fails: ${normal.text}`,
  ]
  return faults.flatMap((fault) => (fault === null ? [] : [`${line.kind}, ${line.name}: ${fault}`]))
}

it('the corpus has enough hostile cases, each once', () => {
  const names = corpus.map(({ kind, name }) => `${kind}, ${name}`)
  expect(names.length).toBeGreaterThanOrEqual(250)
  expect(new Set(names).size).toBe(names.length)
})

describe('a hostile request gets an answer that costs little, and harms no other request', () => {
  it.each([...new Set(corpus.map(({ kind }) => kind))])(
    '%s',
    async (kind) => {
      const faults: string[] = []
      for (const line of corpus.filter((one) => one.kind === kind)) faults.push(...(await tryCase(line)))
      expect(faults).toEqual([])
    },
    300_000,
  )
})
