import type { Curve } from '../growth/curves.ts'
import type { Figures } from '../measure/round.ts'
import type { HotSpots } from '../profile/hotSpots.ts'
import { runs, systems } from '../servers/systems.ts'
import type { Goal, Results, SizeResults } from './results.ts'

const columns = [
  '',
  'CPU ms',
  'server',
  'database',
  'req/s',
  'p50 ms',
  'p99 ms',
  'RSS MB',
  "of the ceiling's CPU",
  'ours, CPU',
  'ours, req/s',
]

const number = (value: number | null, digits: number) => (value === null ? 'n/a' : value.toFixed(digits))
const times = (of: number | null | undefined, to: number | null | undefined) =>
  of == null || to == null ? '' : `${(of / to).toFixed(2)} ×`

/** The systems of a table, in this order. `two` are two processes of our service. */
const shown = [...systems, 'yoga', 'two'] as const
type FiguresBySystem = Partial<Record<(typeof shown)[number], Figures>>
const titleOf = (system: (typeof shown)[number]) => (system === 'two' ? 'two processes of this service' : runs[system].title)

function row(title: string, figures: Figures, all: FiguresBySystem): string[] {
  const { cpu, requestsPerSecond, p50, p99, rss } = figures
  return [
    title,
    number(cpu.sum, 2),
    number(cpu.server, 2),
    number(cpu.database, 2),
    number(requestsPerSecond, requestsPerSecond < 100 ? 1 : 0),
    number(p50, 1),
    number(p99, 1),
    number(rss / 1_000_000, 0),
    times(cpu.sum, all.ceiling?.cpu.sum),
    figures === all.ours ? '' : times(all.ours?.cpu.sum, cpu.sum),
    figures === all.ours ? '' : times(all.ours?.requestsPerSecond, requestsPerSecond),
  ]
}

/** The table of one operation. CPU comes first, because it is repeatable on a noisy machine. */
export function operationTable(
  id: string,
  { title, systems: found, beside, other }: Omit<SizeResults[string], 'systems'> & { systems: FiguresBySystem },
): string {
  const rows = shown.flatMap((system) => (found[system] === undefined ? [] : [row(titleOf(system), found[system], found)]))
  if (other !== undefined) rows.push(row('the other checkout', other, found))
  if (beside !== undefined) rows.push(row(`this service, ${beside.title}`, beside, found))
  return `${id}: ${title}\n${table([columns, ...rows])}\n`
}

export function goalsTable(goals: readonly Goal[]): string {
  const sign = { true: 'yes', false: 'NO', null: 'not measurable' }
  return table([
    ['goal', 'target', 'measured', 'met'],
    ...goals.map(({ name, goal, measured, met }) => [name, goal, measured === null ? 'n/a' : String(measured), sign[`${met}`]]),
  ])
}

export function machineLines({ machine, settings, atRest }: Pick<Results, 'machine' | 'settings' | 'atRest'>): string {
  const lines = [
    `${machine.database}; Node ${machine.node}; ${machine.cores} × ${machine.processor}; ${machine.date}`,
    `${settings.connections} connections, medians of ${settings.rounds} rounds of ${settings.seconds} s per system, in turns`,
  ]
  if (atRest !== null) {
    lines.push(`at rest: ${(atRest.rss / 1_000_000).toFixed(0)} MB, ready ${(atRest.startedIn / 1_000).toFixed(2)} s after the start`)
  }
  return `${lines.join('\n')}\n`
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return rows.map((cells) => `  ${line(cells)}`).join('\n')
}

export function curveTable({ title, axis, points }: Curve): string {
  const rows = points.map(({ x, cpu, p50 }) => [
    x.toLocaleString('en'),
    number(cpu.database === null ? null : cpu.server + cpu.database, 2),
    number(cpu.server, 2),
    number(cpu.database, 3),
    number(p50, 1),
  ])
  return `${title}\n${table([[axis, 'CPU ms', 'server', 'database', 'p50 ms'], ...rows])}\n`
}

/** The time per request, by place and by function. */
export function profileTables({ total, places, functions }: HotSpots, requests: number): string {
  const rows = (list: [string, number][], most: number) =>
    list.slice(0, most).map(([name, time]) => [name, number(time / requests, 3), `${((100 * time) / total).toFixed(1)} %`])
  return `${table([['place', 'ms', 'share'], ...rows(places, 30)])}\n\n${table([['function', 'ms', 'share'], ...rows(functions, 40)])}\n`
}
