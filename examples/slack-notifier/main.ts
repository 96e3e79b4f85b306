import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { key, url } from '../settings.ts'
import { messageOf } from './messageOf.ts'
import { post, SlackRefusal } from './slack.ts'
import { openTrail, Refusal } from './trail.ts'

// Posts what happens in a project to Slack. Subscriptions say at once that something has changed. The audit trail says what, and who did it.

/** Flags that no experiment uses send no events, so the trail is also read from time to time. */
const pollSeconds = Number(process.env.POLL_SECONDS || 30)
const resubscribeMs = 5_000
const maxReconnectMs = 30_000

const projectId = setting('PROJECT_ID', 'the number of a project, as in the address of its page')
const webhook = setting('SLACK_WEBHOOK_URL', 'the address of an incoming webhook of Slack')
if (!URL.canParse(webhook)) throw new Error('SLACK_WEBHOOK_URL must be a URL, such as https://hooks.slack.com/services/….')
if (!(pollSeconds >= 1 && pollSeconds <= 86_400)) throw new Error('POLL_SECONDS must be a number from 1 to 86400.')

const stopping = new AbortController()
// Not once: on Ctrl-C, the signal comes twice, from the terminal and from npm.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort())
/** A change ends the wait for the next read. */
let change = new AbortController()
const pause = (ms: number, ...signals: AbortSignal[]) =>
  sleep(ms, undefined, { signal: AbortSignal.any([stopping.signal, ...signals]) }).catch(() => {})

const { project, unseen } = await openTrail(projectId)
const page = new URL(`p/${project.databaseId}`, new URL('.', url)).href

const client = createClient({
  url: url.replace(/^http/, 'ws'),
  connectionParams: { authorization: `Bearer ${key}` },
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => !stopping.signal.aborted,
  retryWait: (retries) => pause(Math.min(1_000 * 2 ** retries, maxReconnectMs)),
  // Something may have changed while there was no connection.
  on: { connected: () => change.abort() },
})

try {
  const subscriptions = ['experimentUpdated', 'changeRequestUpdated'].map(follow)
  console.log(`Changes of ${project.name} are posted to Slack. Press Ctrl-C to stop.`)
  await postChanges()
  await client.dispose()
  await Promise.all(subscriptions)
} finally {
  stopping.abort()
  await client.dispose()
}

/** Posts each new entry once, until the program is told to stop. What was read is posted before it stops. */
async function postChanges(): Promise<void> {
  while (!stopping.signal.aborted) {
    change = new AbortController()
    try {
      for await (const entry of unseen()) {
        const message = messageOf(entry, page)
        if (message !== null) await post(webhook, message)
      }
    } catch (error) {
      // What does not pass by itself ends the program, and so does a message that is lost.
      if (error instanceof Refusal || error instanceof SlackRefusal || stopping.signal.aborted) throw error
      console.error(`${error instanceof Error ? error.message : error} It is tried again.`)
    }
    await pause(1_000 * pollSeconds, change.signal)
  }
}

/** Subscribes, and again when the stream ends: the server may stop, or have lost events. */
async function follow(field: string): Promise<void> {
  const query = `subscription ($project: ID!) { ${field}(projectId: $project) { id } }`
  while (!stopping.signal.aborted) {
    try {
      for await (const _ of client.iterate({ query, variables: { project: projectId } })) change.abort()
    } catch {
      // The next read of the trail says what is wrong.
    }
    change.abort()
    await pause(resubscribeMs)
  }
}

function setting(name: string, meaning: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`Set ${name} to ${meaning}.`)
  return value
}
