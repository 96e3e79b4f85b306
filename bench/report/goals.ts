import type { Figures } from '../measure/round.ts'
import type { System } from '../servers/systems.ts'
import type { Goal, Results, SizeResults } from './results.ts'

type Measure = 'cpu' | 'requestsPerSecond'

/** A goal relative to another system: at most `bound` times its CPU, or at least `bound` times its requests per second. */
interface Comparison {
  system: Exclude<System, 'ours'>
  measure: Measure
  bound: number
}

const cpu = (bound: number): Comparison => ({ system: 'ceiling', measure: 'cpu', bound })
const faster = (system: 'postgraphile' | 'apollo', bound: number): Comparison => ({ system, measure: 'requestsPerSecond', bound })

const goalMeasures: Record<string, Comparison[]> = {
  A: [cpu(1.8), faster('postgraphile', 2), faster('apollo', 5)],
  'A+count': [cpu(1.5), faster('postgraphile', 2), faster('apollo', 5)],
  B: [faster('postgraphile', 2), faster('apollo', 100)],
  'C rare': [cpu(2.5), faster('postgraphile', 2), faster('apollo', 3)],
  'C common': [cpu(2.5), faster('postgraphile', 2), faster('apollo', 3)],
  D: [faster('postgraphile', 1.4), faster('apollo', 3)],
  'E found': [faster('postgraphile', 1.4), faster('apollo', 4)],
  'E nothing': [faster('postgraphile', 1.4), faster('apollo', 4)],
  entities: [cpu(2), faster('apollo', 3)],
}
/** These goals only make sense on a long list, where paging by offset is slow. */
const onlyLarge = new Set(['B'])

const getFigure = (figures: Figures | undefined, measure: Measure): number | null =>
  figures === undefined ? null : measure === 'cpu' ? figures.cpu.sum : figures.requestsPerSecond

function ratio(of: number | null, to: number | null): number | null {
  return of === null || to === null || to === 0 ? null : Number((of / to).toFixed(2))
}

export function evaluateGoals({ sizes, atRest }: Pick<Results, 'sizes' | 'atRest'>): Goal[] {
  const goals = Object.entries(sizes).flatMap(([size, results]) => evaluateGoalsForSize(size, results))
  if (atRest !== null) {
    const measured = Math.round(atRest.rss / 1_000_000)
    goals.push({ name: 'memory at rest, MB', goal: 'below 150', measured, met: measured < 150 })
  }
  return goals
}

function evaluateGoalsForSize(size: string, results: SizeResults): Goal[] {
  const goals: Goal[] = []
  for (const [id, { systems, beside }] of Object.entries(results)) {
    if (onlyLarge.has(id) && size !== 'large') continue
    if (beside !== undefined) {
      const measured = ratio(getFigure(systems.ours, 'cpu'), getFigure(beside, 'cpu'))
      const goal = 'at most 1.1 ×'
      goals.push({
        name: `${id}, ${size}: CPU against our own first page`,
        goal,
        measured,
        met: measured === null ? null : measured <= 1.1,
      })
    }
    for (const { system, measure, bound } of goalMeasures[id] ?? []) {
      if (systems[system] === undefined) continue
      const measured = ratio(getFigure(systems.ours, measure), getFigure(systems[system], measure))
      const met = measured === null ? null : measure === 'cpu' ? measured <= bound : measured >= bound
      const name = `${id}, ${size}: ${measure === 'cpu' ? 'CPU' : 'requests/s'} against ${system}`
      goals.push({ name, goal: `${measure === 'cpu' ? 'at most' : 'at least'} ${bound} ×`, measured, met })
    }
  }
  return goals
}
