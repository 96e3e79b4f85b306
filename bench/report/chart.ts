import type { Curve } from '../growth/curves.ts'
import { runs, type System, systems } from '../servers/systems.ts'
import type { Results, SizeResults } from './results.ts'

const width = 860
const left = 120
const right = 70
const barHeight = 11
const colours: Record<System, string> = { ours: '#1d4ed8', ceiling: '#9ca3af', postgraphile: '#d97706', apollo: '#be185d' }

interface ChartPart {
  svg: string
  height: number
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped(content)}</text>`
}

/** The chart as SVG: CPU per request by operation and system, one panel per size, then the growth curves. */
export function chart({ sizes, growth, machine, settings }: Results): string {
  const panels: ChartPart[] = [legend()]
  for (const [size, results] of Object.entries(sizes)) panels.push(bars(size, results))
  for (const curve of growth?.curves ?? []) panels.push(line(curve))
  let y = 44
  const placed = panels.map(({ svg, height }) => {
    const group = `<g transform="translate(0 ${y})">${svg}</g>`
    y += height
    return group
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 26}" width="${width}" height="${y + 26}" font-family="system-ui, sans-serif" font-size="12" fill="#111827" role="img" aria-label="CPU per request of each operation, by system">
<title>CPU per request of each operation, by system</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${text(16, 26, 'CPU per request, server plus database. Shorter is better. Logarithmic scale.', 'font-size="15" font-weight="600"')}
${placed.join('\n')}
${text(16, y + 14, `${machine.database}, Node ${machine.node}, ${machine.cores} cores, ${settings.connections} connections, ${machine.date.slice(0, 10)}`, 'fill="#6b7280" font-size="11"')}
</svg>
`
}

function legend(): ChartPart {
  const entries = systems.map((system, index) => {
    const x = 16 + index * 190
    return `<rect x="${x}" y="2" width="12" height="12" fill="${colours[system]}"/>${text(x + 18, 12, runs[system].title)}`
  })
  return { svg: entries.join(''), height: 26 }
}

/** The length of a bar, on a logarithmic scale that starts at 0.01 ms. */
const logScale = (value: number, most: number) =>
  (Math.log10(Math.max(value, 0.011) / 0.01) / Math.log10(most / 0.01)) * (width - left - right)

function bars(size: string, results: SizeResults): ChartPart {
  const values = Object.values(results).flatMap(({ systems: found }) => Object.values(found).map(({ cpu }) => cpu.sum ?? cpu.server))
  const most = 10 ** Math.ceil(Math.log10(Math.max(...values, 0.1)))
  const parts = [text(16, 20, size, 'font-weight="600" font-size="13"')]
  let y = 34
  const top = y - 4
  for (const [id, { systems: found }] of Object.entries(results)) {
    const shown = systems.filter((system) => found[system] !== undefined)
    parts.push(text(left - 8, y + (shown.length * barHeight) / 2 + 4, id, 'text-anchor="end"'))
    for (const system of shown) {
      const cpu = found[system]?.cpu
      const value = cpu?.sum ?? cpu?.server ?? 0
      const length = logScale(value, most)
      parts.push(`<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${barHeight - 2}" fill="${colours[system]}"/>`)
      parts.push(
        text(
          left + length + 4,
          y + barHeight - 3,
          `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`,
          'font-size="9" fill="#374151"',
        ),
      )
      y += barHeight
    }
    y += 7
  }
  for (let mark = 0.1; mark <= most; mark *= 10) {
    const x = left + logScale(mark, most)
    parts.unshift(`<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${top}" y2="${y}" stroke="#e5e7eb"/>`)
    parts.push(text(x, y + 11, `${Number(mark.toPrecision(1))} ms`, 'text-anchor="middle" font-size="10" fill="#6b7280"'))
  }
  return { svg: parts.join(''), height: y + 22 }
}

function line({ title, axis, points }: Curve): ChartPart {
  const [top, bottom] = [34, 134]
  const sums = points.map(({ x, cpu }) => ({ x, value: cpu.server + (cpu.database ?? 0) }))
  const most = Math.max(...sums.map(({ value }) => value), 0.1) * 1.15
  const [first, last] = [Math.log10(points[0]?.x ?? 1), Math.log10(points.at(-1)?.x ?? 10)]
  const at = ({ x, value }: { x: number; value: number }) => ({
    x: left + ((Math.log10(x) - first) / Math.max(last - first, 1)) * (width - left - right),
    y: bottom - (value / most) * (bottom - top),
  })
  const parts = [
    text(16, 20, title, 'font-weight="600" font-size="13"'),
    `<line x1="${left}" x2="${width - right}" y1="${bottom}" y2="${bottom}" stroke="#9ca3af"/>`,
    text(left - 8, bottom, '0 ms', 'text-anchor="end" font-size="10" fill="#6b7280"'),
    `<polyline fill="none" stroke="${colours.ours}" stroke-width="2" points="${sums
      .map(at)
      .map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`)
      .join(' ')}"/>`,
    text(width - right, bottom + 30, axis, 'text-anchor="end" font-size="11" fill="#374151"'),
  ]
  for (const point of sums) {
    const { x, y } = at(point)
    parts.push(`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${colours.ours}"/>`)
    parts.push(text(x, y - 7, `${point.value.toFixed(2)} ms`, 'text-anchor="middle" font-size="10"'))
    parts.push(text(x, bottom + 14, point.x.toLocaleString('en'), 'text-anchor="middle" font-size="10" fill="#6b7280"'))
  }
  return { svg: parts.join(''), height: bottom + 44 }
}
