import { setTimeout as sleep } from 'node:timers/promises'

const timeoutMs = 10_000
const maxAttempts = 6

/** Slack does not take the message, now and later. */
export class SlackRefusal extends Error {}

/** Posts a message to an incoming webhook. It waits as long as Slack asks it to, and tries failures again. */
export async function post(webhook: string, text: string): Promise<void> {
  for (let attempt = 1; ; ) {
    const failure = await send(webhook, text)
    if (failure === null) return
    // Slack says by itself when it has room again. Such a wait is no failure.
    if (failure.retryAfter === undefined && attempt++ === maxAttempts) throw new Error(`Slack cannot be reached: ${failure.message}`)
    await sleep(1_000 * (failure.retryAfter ?? 2 ** (attempt - 2)))
  }
}

/** Returns null, or why Slack does not have the message. After a lost answer, it may have it: twice is better than never. */
async function send(webhook: string, text: string): Promise<{ message: string; retryAfter?: number } | null> {
  try {
    const response = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const answer = await response.text()
    if (response.ok) return null
    const message = `HTTP status ${response.status}, ${answer.slice(0, 100)}`
    if (response.status === 429) return { message, retryAfter: Number(response.headers.get('retry-after')) || 1 }
    if (response.status < 500) throw new SlackRefusal(`Slack refuses the message: ${message}. Check SLACK_WEBHOOK_URL.`)
    return { message }
  } catch (error) {
    if (error instanceof SlackRefusal) throw error
    return { message: error instanceof Error ? error.message : String(error) }
  }
}

/** The only characters that Slack asks to escape. Without it, a name such as `<!channel>` calls everybody. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

export function linked(address: string, text: string): string {
  return `<${escaped(address)}|${escaped(text)}>`
}
