import { storm } from '../../test/support/storm/storm.ts'
import { openServer } from '../data/database.ts'
import { describeMachine } from '../report/machine.ts'
import { readStored, store } from '../report/store.ts'
import { measureCopy } from './copies.ts'
import { measureFollowing } from './following.ts'
import { measurePages } from './pages.ts'
import { measureWriting } from './writing.ts'

export const linkParts = ['copy', 'follow', 'write', 'pages', 'storm'] as const
export type LinkPart = (typeof linkParts)[number]

interface Options {
  only?: LinkPart[]
  seed: number
  quick?: boolean
  json?: boolean
}

/** Measures links to PostHog, over its stand-in. */
export async function runLink({ only, seed, quick = false, json = false }: Options): Promise<void> {
  const say = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`)
  const chosen = only ?? linkParts
  const databases = await openServer(process.env.BENCH_DATABASE_URL)
  const results: Record<string, unknown> = { machine: describeMachine(databases.description) }
  const part = async <Figures>(name: LinkPart, title: string, measure: () => Promise<Figures[]>) => {
    if (!chosen.includes(name)) return
    say(`${name}: ${title}`)
    const figures = await measure()
    results[name] = figures
    for (const each of figures) say(`  ${JSON.stringify(each)}`)
  }
  const log = (line: string) => say(`  … ${line}`)
  try {
    await part('copy', 'the first copy of a project', async () => {
      const sizes = quick ? [2_000] : [10_000, 200_000]
      const figures = []
      for (const size of sizes) figures.push(await measureCopy(databases, size))
      return figures
    })
    await part('follow', 'projects in which one flag of a hundred changes each minute; delays in seconds', async () => {
      const shared = { projects: quick ? 10 : 100, minutes: quick ? 1.5 : 20, ownKeys: false, log }
      return [
        await measureFollowing(databases, shared),
        await measureFollowing(databases, { ...shared, minutes: quick ? 0.7 : 5, ownKeys: true }),
      ]
    })
    await part('write', 'mutations beside the same writes sent to PostHog; milliseconds', async () => {
      const writes = quick ? 20 : 300
      return [
        ...(await measureWriting(databases, { writes, latency: 0, log })),
        ...(await measureWriting(databases, { writes: Math.ceil(writes / 3), latency: 50, log })),
      ]
    })
    await part('pages', 'a page of 20 flags with their experiments and creators; milliseconds', async () => {
      const seconds = quick ? 1 : 10
      return [
        ...(await measurePages(databases, { seconds, latency: 0, log })),
        ...(await measurePages(databases, { seconds, latency: 50, log })),
      ]
    })
    await part('storm', 'changes in a PostHog that misbehaves, while the service is killed', async () => {
      const database = await databases.create('storm')
      const size = quick ? { changes: 100, kills: 4, killsOfCopy: 1 } : { changes: 1_000, kills: 20, killsOfCopy: 5 }
      const options = { ...size, flags: 600, experiments: 60, seed, waitsForLease: !quick, say: log }
      try {
        return [await storm({ place: { DATABASE_URL: database.url }, ...options })]
      } finally {
        await database.drop()
      }
    })
    if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
    if (!quick) await keep(results)
  } finally {
    await databases.close()
  }
}

/** Stores the figures. Parts that were not measured stay as they were. */
async function keep(results: Record<string, unknown>): Promise<void> {
  await store('link.json', { ...(await readStored<object>('link.json')), ...results })
}
