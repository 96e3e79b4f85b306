/** The parts of a V8 CPU profile that are used here. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[]
  samples: number[]
  timeDeltas: number[]
}

export interface HotSpots {
  /** Total milliseconds, without idle time. */
  total: number
  /** Milliseconds by package, source folder or part of Node. Includes built-in functions that the code called. */
  places: [string, number][]
  /** Milliseconds by function, without the functions that it called. */
  functions: [string, number][]
}

const idle = new Set(['(idle)', '(root)'])
/** The longest time that counts for one sample, in milliseconds. Samples are 0.2 ms apart: in a longer gap, another process ran. */
const longest = 0.5

/** Sums the samples by place and by function, the largest first. */
export function hotSpots({ nodes, samples, timeDeltas }: CpuProfile): HotSpots {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)))
  const own = new Map<number, number>()
  for (const [index, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + Math.min((timeDeltas[index] ?? 0) / 1_000, longest))

  const places = new Map<string, number>()
  const functions = new Map<string, number>()
  let total = 0
  for (const [id, time] of own) {
    const node = byId.get(id)
    if (node === undefined || idle.has(node.callFrame.functionName) || node.callFrame.url === 'node:inspector') continue
    total += time
    const { functionName, url, lineNumber } = node.callFrame
    const name = `${functionName || '(anonymous)'} ${shortenUrl(url)}${url ? `:${lineNumber + 1}` : ''}`
    functions.set(name, (functions.get(name) ?? 0) + time)
    let at: number | undefined = id
    // Built-in functions (JSON, regular expressions) count for their caller. Garbage collection and the like count for themselves.
    while (at !== undefined && getLocation(byId.get(at)?.callFrame.url ?? '') === null) at = parents.get(at)
    const place =
      at === undefined ? (functionName.startsWith('(') ? functionName : 'other') : (getLocation(byId.get(at)?.callFrame.url ?? '') ?? '')
    places.set(place, (places.get(place) ?? 0) + time)
  }
  const sorted = (map: Map<string, number>) => [...map].sort(([, a], [, b]) => b - a)
  return { total, places: sorted(places), functions: sorted(functions) }
}

function getLocation(url: string): string | null {
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)
  if (installed) return installed[1] ?? null
  if (url.startsWith('node:')) return `node:${/^node:(?:internal\/)?([^/]+)/.exec(url)?.[1]}`
  const ours = /\/src\/([^/]+)/.exec(url)
  return ours ? `src/${ours[1]}` : null
}

function shortenUrl(url: string): string {
  return url.replace(/^.*\/node_modules\//, '').replace(/^.*\/src\//, 'src/')
}
