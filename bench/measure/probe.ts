// Loaded into every server before its own code (`--import`): tells the benchmark what the process has used when it asks.

process.on('message', (message) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: (user + system) / 1_000, rss: process.memoryUsage.rss() })
})
// Being asked must not keep a server alive, nor starting one without the benchmark fail.
process.channel?.unref()
