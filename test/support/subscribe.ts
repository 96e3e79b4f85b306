import { createClient, type ExecutionResult } from 'graphql-sse'

// biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's own
type Event = ExecutionResult<any, unknown>

/** Subscribes with a real client to a real server. Resolves when the subscription is open. */
export async function subscribe(url: string, key: string, query: string, variables: Record<string, unknown> = {}) {
  const client = createClient({ url, headers: { authorization: `Bearer ${key}` }, retryAttempts: 0 })
  const connected = Promise.withResolvers<void>()
  const events = new ReadableStream<Event>({
    start: (controller) => {
      const sink = {
        next: (event: Event) => controller.enqueue(event),
        error: (error: unknown) => controller.error(error),
        complete: () => controller.close(),
      }
      client.subscribe<Event['data']>({ query, variables }, sink, { connected: () => connected.resolve() })
    },
    cancel: () => client.dispose(),
  }).getReader()
  await connected.promise
  return {
    /** The next event; null when the stream has ended. */
    next: async (): Promise<Event | null> => (await events.read()).value ?? null,
    end: () => events.cancel(),
  }
}
