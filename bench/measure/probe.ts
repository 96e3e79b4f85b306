import { Session } from 'node:inspector/promises'

// Loaded into every server before its own code (`--import`). On request, it sends the benchmark the CPU, memory and profile of the
// process.

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
// The channel must not keep the server alive. Without the benchmark, there is no channel.
process.channel?.unref()
// The server ends when the benchmark is interrupted.
process.on('disconnect', () => process.exit())
