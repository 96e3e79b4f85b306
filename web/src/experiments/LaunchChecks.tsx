import type { ExperimentQuery } from '../generated/graphql.ts'
import { Card } from '../ui/Page.tsx'

type Check = NonNullable<ExperimentQuery['experiment']>['launchChecks'][number]

const order = { BLOCKING: 0, WARNING: 1, INFO: 2 }
const tones = { BLOCKING: 'bad', WARNING: 'wait', INFO: 'cool' }
const words = { BLOCKING: 'Must be fixed', WARNING: 'Look at it', INFO: 'To know' }

/** What to look at before the launch. What is wrong comes first, what is fine is folded away. */
export function LaunchChecks({ checks }: { checks: readonly Check[] }) {
  const wrong = checks.filter(({ passed }) => !passed).sort((a, b) => order[a.severity] - order[b.severity])
  const fine = checks.filter(({ passed }) => passed)
  return (
    <Card title="Before the launch">
      {wrong.length === 0 && <p className="yes">Nothing is wrong.</p>}
      <ul className="checks">
        {wrong.map(({ kind, severity, message, fix }) => (
          <li key={kind}>
            <span className={`badge ${tones[severity]}`}>{words[severity]}</span>
            <span>
              {message} {fix !== null && <span className="faint">{fix}</span>}
            </span>
          </li>
        ))}
      </ul>
      {fine.length > 0 && (
        <details>
          <summary>{fine.length} checks are fine</summary>
          <ul className="checks">
            {fine.map(({ kind, message }) => (
              <li key={kind}>
                <span className="badge good">Fine</span>
                <span>{message}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  )
}
