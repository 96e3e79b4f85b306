import { scaleBand, scaleLinear } from '@visx/scale'
import { useWidth } from './useWidth.ts'

interface UsageDay {
  day: string
  answer: string
  calls: number
}

const height = 180
const margin = { top: 12, right: 4, bottom: 26, left: 36 }

/** The answers of a flag by name. Days without calls have the answer ''. */
function answersOf(days: readonly UsageDay[]): string[] {
  return [...new Set(days.map(({ answer }) => answer))].filter((answer) => answer !== '').sort()
}

/** Calls of a flag by day and answer, as stacked bars. Screen readers get a table. */
export function UsageChart({ days }: { days: readonly UsageDay[] }) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const answers = answersOf(days)
  const byDay = [...Map.groupBy(days, ({ day }) => day)].map(([day, parts]) => {
    let top = 0
    const bars = answers.map((answer) => {
      const calls = parts.find((part) => part.answer === answer)?.calls ?? 0
      top += calls
      return { answer, calls, top }
    })
    return { day, bars, total: top }
  })
  const most = Math.max(4, ...byDay.map(({ total }) => total))
  const x = scaleBand({ domain: byDay.map(({ day }) => day), range: [margin.left, width - margin.right], padding: 0.2 })
  const y = scaleLinear({ domain: [0, most], range: [height - margin.bottom, margin.top], nice: true })
  const every = Math.ceil(byDay.length / (width < 480 ? 4 : 8))
  return (
    <figure className="chart">
      <div ref={ref} className="chart-room low">
        {width > 0 && (
          <svg width={width} height={height} aria-hidden="true">
            {y.ticks(4).map((tick) => (
              <g key={tick} transform={`translate(0 ${y(tick)})`}>
                <line className="grid" x1={margin.left} x2={width - margin.right} />
                <text className="tick" x={margin.left - 8} dy="0.32em" textAnchor="end">
                  {tick}
                </text>
              </g>
            ))}
            {byDay.map(({ day, bars }) => (
              <g key={day} transform={`translate(${x(day) ?? 0} 0)`}>
                {bars.map(({ answer, calls, top }, index) => (
                  <rect
                    key={answer}
                    className={`series-${index % 5}`}
                    y={y(top)}
                    width={x.bandwidth()}
                    height={Math.max(0, y(top - calls) - y(top))}
                  >
                    <title>{`${dayName(day)}: ${calls} calls answered ${answer}`}</title>
                  </rect>
                ))}
              </g>
            ))}
            {byDay.map(
              ({ day }, index) =>
                (byDay.length - 1 - index) % every === 0 && (
                  <text key={day} className="tick" x={(x(day) ?? 0) + x.bandwidth() / 2} y={height - 8} textAnchor="middle">
                    {dayName(day)}
                  </text>
                ),
            )}
          </svg>
        )}
      </div>
      <figcaption className="legend" aria-hidden="true">
        {answers.map((answer, index) => (
          <span key={answer}>
            <span className={`swatch series-${index % 5}`} /> {answer}
          </span>
        ))}
      </figcaption>
      <table className="hidden">
        <caption>Calls by day and answer</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            {answers.map((answer) => (
              <th key={answer} scope="col">
                {answer}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byDay.map(({ day, bars }) => (
            <tr key={day}>
              <th scope="row">{dayName(day)}</th>
              {bars.map(({ answer, calls }) => (
                <td key={answer}>{calls}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}

/** `2026-11-29` as "29 Nov". */
function dayName(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
}
