import { Card } from './Page.tsx'
import { percent, valueText } from './words.ts'

/** The variants of a flag, and their shares. */
export function Variants({
  variants,
}: {
  variants: readonly { key: string; name: string | null; rolloutPercentage: number; payload?: unknown }[]
}) {
  return (
    <Card title="Variants">
      <table className="stack">
        <thead>
          <tr>
            <th scope="col">Variant</th>
            <th scope="col">Share</th>
            {variants.some(({ payload }) => payload != null) && <th scope="col">Payload</th>}
          </tr>
        </thead>
        <tbody>
          {variants.map(({ key, name, rolloutPercentage, payload }) => (
            <tr key={key}>
              <th scope="row">
                <code>{key}</code> {name !== null && name !== '' && <span className="faint">{name}</span>}
              </th>
              <td data-label="Share">
                <span className="share">
                  <meter min={0} max={100} value={rolloutPercentage} aria-hidden="true" />
                  {percent(rolloutPercentage)}
                </span>
              </td>
              {payload != null && (
                <td data-label="Payload">
                  <code>{valueText(payload)}</code>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
