import { scaleBand, scaleLinear } from '@visx/scale'
import { useWidth } from './useWidth.ts'

interface Month {
  month: string
  launched: number
  completed: number
}

const height = 220
const margin = { top: 12, right: 4, bottom: 26, left: 28 }
const series = ['launched', 'completed'] as const
const names = { launched: 'Launched', completed: 'Completed' }

/** Launches and completions of each month, as bars. Screen readers get a table. */
export function MonthsChart({ months }: { months: readonly Month[] }) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const most = Math.max(4, ...months.flatMap(({ launched, completed }) => [launched, completed]))
  const x = scaleBand({ domain: months.map(({ month }) => month), range: [margin.left, width - margin.right], padding: 0.3 })
  const inner = scaleBand({ domain: [...series], range: [0, x.bandwidth()], padding: 0.08 })
  const y = scaleLinear({ domain: [0, most], range: [height - margin.bottom, margin.top], nice: true })
  const ticks = y.ticks(4).filter(Number.isInteger)
  const every = width < 480 ? 3 : 1
  return (
    <figure className="chart">
      <div ref={ref} className="chart-room">
        {width > 0 && (
          <svg width={width} height={height} aria-hidden="true">
            {ticks.map((tick) => (
              <g key={tick} transform={`translate(0 ${y(tick)})`}>
                <line className="grid" x1={margin.left} x2={width - margin.right} />
                <text className="tick" x={margin.left - 8} dy="0.32em" textAnchor="end">
                  {tick}
                </text>
              </g>
            ))}
            {months.map((month, index) => (
              <g key={month.month} transform={`translate(${x(month.month) ?? 0} 0)`}>
                {series.map((name) => (
                  <rect
                    key={name}
                    className={name}
                    x={inner(name) ?? 0}
                    y={y(month[name])}
                    width={inner.bandwidth()}
                    height={y(0) - y(month[name])}
                    rx={Math.min(2, inner.bandwidth() / 2)}
                  >
                    <title>{`${monthName(month.month)}: ${month[name]} ${name}`}</title>
                  </rect>
                ))}
                {(months.length - 1 - index) % every === 0 && (
                  <text className="tick" x={x.bandwidth() / 2} y={height - 8} textAnchor="middle">
                    {monthName(month.month, 'short')}
                  </text>
                )}
              </g>
            ))}
          </svg>
        )}
      </div>
      <figcaption className="legend" aria-hidden="true">
        {series.map((name) => (
          <span key={name}>
            <span className={`swatch ${name}`} /> {names[name]}
          </span>
        ))}
      </figcaption>
      <table className="hidden">
        <caption>Launches and completions by month</caption>
        <thead>
          <tr>
            <th scope="col">Month</th>
            <th scope="col">Launched</th>
            <th scope="col">Completed</th>
          </tr>
        </thead>
        <tbody>
          {months.map(({ month, launched, completed }) => (
            <tr key={month}>
              <th scope="row">{monthName(month)}</th>
              <td>{launched}</td>
              <td>{completed}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}

/** `2026-11-01` as "November 2026" or "Nov". */
function monthName(day: string, month: 'long' | 'short' = 'long'): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en', { month, timeZone: 'UTC', ...(month === 'long' ? { year: 'numeric' } : {}) })
}
