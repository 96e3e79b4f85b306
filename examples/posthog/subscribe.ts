/** Subscribes by server-sent events, and calls back with the data of each. Ends with the signal. */
export async function subscribe<Data>(
  url: string,
  key: string,
  query: string,
  signal: AbortSignal,
  onData: (data: Data) => void,
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
    signal,
  })
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status} to the subscription.`)
  const read = async (body: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const line = event.split('\n').find((each) => each.startsWith('data: '))
        const { data, errors } = line === undefined ? {} : (JSON.parse(line.slice('data: '.length)) as { data?: Data; errors?: unknown })
        if (errors !== undefined) throw new Error(`The subscription failed: ${JSON.stringify(errors)}`)
        if (data != null) onData(data)
      }
    }
  }
  // It goes on beside all else.
  read(response.body).catch((error: Error) => {
    if (!signal.aborted) console.error(error.message)
  })
}
