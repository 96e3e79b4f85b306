import type { Figures } from '../measure/round.ts'
import type { Goal } from '../report/results.ts'
import type { DistinctFigures, DistinctResults, DistinctSize } from './results.ts'

/** The goals of each operation: at most `cpu` times the ceiling's CPU, and at least `faster` times PostGraphile's requests per second. */
const bounds: Record<string, { cpu?: number; faster?: number; p99?: number; serverMs?: number; clients: readonly string[] }> = {
  Z: { cpu: 1.8, faster: 2.5, p99: 3, clients: ['1', '32', '256'] },
  ZC: { cpu: 1.8, faster: 2.5, p99: 3, clients: ['1', '32', '256'] },
  ZL: { cpu: 1.8, faster: 2.5, p99: 3, clients: ['1', '32', '256'] },
  ZS: { cpu: 2, clients: ['1', '32'] },
  ZD: { faster: 1.5, serverMs: 0.45, clients: ['1', '32'] },
  ZE: { faster: 1.5, serverMs: 0.45, clients: ['1', '32'] },
  ZF: { faster: 1.5, serverMs: 0.45, clients: ['1', '32'] },
  ZX: { faster: 1.5, serverMs: 0.45, clients: ['1', '32'] },
}

/** At this many clients, the slowest answers are compared with the ceiling's. */
const crowd = '256'
const maxOfYoga = 1.3
const maxRestMb = 130

const share = (of: number | null | undefined, to: number | null | undefined): number | null =>
  of == null || to == null || to === 0 ? null : Number((of / to).toFixed(2))

function goal(name: string, measured: number | null, bound: number, unit: string, atLeast = false): Goal {
  const met = measured === null ? null : atLeast ? measured >= bound : measured <= bound
  return { name, goal: `at ${atLeast ? 'least' : 'most'} ${bound} ${unit}`, measured, met }
}

export function evaluateDistinctGoals({ sizes, atRest }: Pick<DistinctResults, 'sizes' | 'atRest'>): Goal[] {
  const goals = Object.entries(sizes).flatMap(([size, operations]) => goalsOfSize(size, operations))
  if (atRest !== null) {
    goals.push(goal('memory at rest', Math.round(atRest.rss / 1e6), maxRestMb, 'MB'))
    goals.push(goal('from the start to the first connection', Number((atRest.startedIn / 1_000).toFixed(2)), 1, 's'))
  }
  return goals
}

function goalsOfSize(size: string, operations: DistinctSize): Goal[] {
  const goals: Goal[] = []
  for (const [id, { clients }] of Object.entries(operations)) {
    for (const [count, figures] of Object.entries(clients)) {
      const name = `${id}, ${size}, ${count} ${count === '1' ? 'client' : 'clients'}`
      if (id === 'T')
        goals.push(goal(`${name}: CPU against Yoga alone`, share(figures.ours?.cpu.server, figures.yoga?.cpu.server), maxOfYoga, '×'))
      else if (bounds[id]?.clients.includes(count)) goals.push(...goalsOf(name, bounds[id], figures, count))
    }
  }
  return goals
}

function goalsOf(name: string, { cpu, faster, p99, serverMs }: (typeof bounds)[string], figures: DistinctFigures, count: string): Goal[] {
  const { ours, ceiling, postgraphile } = figures
  const of = (one: Figures | undefined, read: (figures: Figures) => number | null) => (one === undefined ? null : read(one))
  const compare = (other: Figures | undefined, read: (figures: Figures) => number | null) => share(of(ours, read), of(other, read))
  return [
    ...(cpu === undefined
      ? []
      : [
          goal(
            `${name}: CPU against the ceiling`,
            compare(ceiling, (one) => one.cpu.sum),
            cpu,
            '×',
          ),
        ]),
    ...(faster === undefined
      ? []
      : [
          goal(
            `${name}: requests/s against PostGraphile`,
            compare(postgraphile, (one) => one.requestsPerSecond),
            faster,
            '×',
            true,
          ),
        ]),
    ...(p99 === undefined || count !== crowd
      ? []
      : [
          goal(
            `${name}: p99 against the ceiling`,
            compare(ceiling, (one) => one.p99),
            p99,
            '×',
          ),
        ]),
    ...(serverMs === undefined
      ? []
      : [goal(`${name}: the server's CPU`, ours === undefined ? null : Number(ours.cpu.server.toFixed(2)), serverMs, 'ms')]),
  ]
}
