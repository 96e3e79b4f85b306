import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { linkedServer } from '../../support/linkedServer.ts'
import { addKey } from '../../support/posthog/people.ts'
import { globalId } from '../../support/testServer.ts'

// All that the service says, in every level of its log, while it links, follows, writes and fails.

const written: string[] = []
const log = pino({ level: 'trace' }, { write: (line) => void written.push(line) })
const answers: string[] = []

const linked = await linkedServer({
  log: log as never,
  fill: ({ person, rows }) => {
    person.createFlag({ key: 'one' })
    person.createFlag({ key: 'two' })
    rows.event('paid')
  },
})
const { posthog, db, mutate, follow, time, run, key } = linked
const projectId = globalId('Project', linked.project.id)
// Keys that share nothing with the one before.
const keys = [
  { row: posthog.key, token: posthog.key.token },
  ...['phx_rotated5Kq81mZsW0cV', 'phx_ofTheMember9Xd47RtLb'].map((token) => ({
    row: addKey(posthog.state, posthog.owner.id, { token } as never),
    token,
  })),
]
const tokens = keys.map(({ row }) => row.token)

/** A key, what encodings make of it, and its parts. Its ends are shown: `keyMask`. */
function formsOf(token: string): string[] {
  const middle = token.slice(8, -4)
  return [
    token,
    token.slice(0, -4),
    token.slice(8),
    middle,
    Buffer.from(token).toString('base64').slice(0, -4),
    Buffer.from(token).toString('hex'),
  ]
}

beforeAll(() => {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream)
    vi.spyOn(stream, 'write').mockImplementation(((chunk: string | Uint8Array, ...rest: []) => {
      written.push(String(chunk))
      return write(chunk, ...rest)
    }) as never)
  }
})
afterAll(() => vi.restoreAllMocks())
afterEach(() => posthog.faults.allOff())

async function say(name: string, input: object, options = {}) {
  const answer = await mutate(name, input, options)
  answers.push(JSON.stringify(answer))
  return answer
}
const round = async (seconds = 400) => {
  time.now = new Date(time.now.getTime() + seconds * 1_000)
  await follow()
}

describe('the keys of PostHog', () => {
  it('are in nothing that is said, stored for people, or answered', async () => {
    const [, rotated, own] = tokens as [string, string, string]
    const flag = { id: await linked.flagId(1) }
    await say('updateFeatureFlag', { ...flag, name: 'Through' })
    await say('storeUpstreamKey', { projectId, key: own })
    await say('updateFeatureFlag', { ...flag, name: 'With a key of its own' })
    await say('updateProjectLink', { projectId, key: rotated })
    await round()
    // A server that repeats the key in its errors, and in its rows.
    const leak = { type: 'validation_error', code: 'invalid', detail: 'Not today.', attr: 'name' }
    for (const fault of [
      { kind: 'answer', status: 400, body: leak, method: 'PATCH' },
      { kind: 'answer', status: 403, body: { ...leak, type: 'authentication_error', code: 'permission_denied' } },
      { kind: 'answer', status: 401, body: { ...leak, code: 'authentication_failed', detail: 'Personal API key is invalid.' } },
      { kind: 'serverError' },
      { kind: 'throttled', seconds: 500 },
      { kind: 'html', status: 502 },
      { kind: 'cut', bytes: 30 },
      { kind: 'dropped', method: 'PATCH' },
    ] as const) {
      posthog.faults.on({ ...fault, times: 3 } as never)
      await say('updateFeatureFlag', { ...flag, name: `After ${JSON.stringify(fault).length}` })
      posthog.faults.allOff()
      posthog.faults.on({ ...fault, times: 20 } as never)
      await round(4_000)
      posthog.faults.allOff()
      await db.upstreamBudget.deleteMany()
    }
    for (const host of [posthog.origin, 'http://127.0.0.1:1', 'https://nobody.invalid', `http://user:${rotated}@127.0.0.1`]) {
      await say('linkProject', { projectId, host, upstreamProjectId: 1, key: rotated, checkOnly: true })
    }
    await say('updateProjectLink', { projectId, key: 'phx_ofTheMember9Xd47RtLb-unknown' })
    const asked = `{ project(id: "${projectId}") {
      link { keyMask lastError host state } activity(first: 50) { nodes { activity detail before after keyMask } } eventNames { name }
    } }`
    answers.push(JSON.stringify(await run(key, asked)))
    posthog.faults.on({ kind: 'serverError', on: '/query/' })
    time.now = new Date(time.now.getTime() + 61_000)
    answers.push(JSON.stringify(await run(key, asked)))
    await say('removeUpstreamKey', { projectId })
    await say('unlinkProject', { projectId })

    const stored = JSON.stringify([
      await db.activity.findMany(),
      await db.linkOperation.findMany(),
      await db.linkSkippedRow.findMany(),
      await db.projectLink.findMany(),
      await db.upstreamBudget.findMany(),
      await db.changeRequest.findMany(),
    ])
    expect(written.length).toBeGreaterThan(10)
    const all = { written: written.join('\n'), answers: answers.join('\n'), stored }
    for (const [place, text] of Object.entries(all)) {
      for (const secret of [...tokens.flatMap(formsOf)]) {
        expect(text.includes(secret), `${secret} in ${place}: ${around(text, secret)}`).toBe(false)
      }
    }
    // The requests did carry them.
    for (const token of tokens) expect(posthog.requests.count({ token })).toBeGreaterThan(0)
  }, 120_000)
})

function around(text: string, part: string): string {
  const at = text.indexOf(part)
  return at < 0 ? '' : text.slice(Math.max(0, at - 200), at + 200)
}
