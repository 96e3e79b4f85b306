/** The parts of a V8 CPU profile that are read here. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[]
  samples: number[]
  timeDeltas: number[]
}

export interface HotSpots {
  /** Milliseconds in all, without idling. */
  total: number
  /** By package, folder of ours, or part of Node: what their own code took, and what it called that has no place of its own. */
  places: [string, number][]
  /** By function, its own code alone. */
  functions: [string, number][]
}

const idle = new Set(['(idle)', '(root)'])
/** Longer than this between two samples (milliseconds), the process did not have the processor: samples are taken each 0.2 ms. */
const longest = 0.5

/** Where the time went, most first. */
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
    // What the engine itself does (JSON, regular expressions) is its caller's; collecting garbage and the like is nobody's.
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
