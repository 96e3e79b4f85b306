import { Session } from 'node:inspector/promises'

// Loaded into every server before its own code (`--import`): tells the benchmark what the process has used, and where its time went,
// when it asks.

const session = new Session()

async function answer(question: unknown): Promise<object | null> {
  if (question === 'usage') {
    const { user, system } = process.cpuUsage()
    return { cpu: (user + system) / 1_000, kernel: system / 1_000, rss: process.memoryUsage.rss() }
  }
  if (question === 'startProfile') {
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 200 })
    await session.post('Profiler.start')
    return {}
  }
  if (question === 'stopProfile') {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return profile
  }
  return null
}

process.on('message', async (question) => {
  const answered = await answer(question)
  if (answered !== null) process.send?.(answered)
})
// Being asked must not keep a server alive, nor starting one without the benchmark fail.
process.channel?.unref()
// A benchmark that was cut off leaves no server behind.
process.on('disconnect', () => process.exit())
