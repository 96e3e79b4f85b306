import type { ActivityRowFragment } from '../generated/graphql.ts'
import { valueText } from './words.ts'

type Change = ActivityRowFragment['changes'][number]

/** What differs, as before and after side by side. */
export function Changes({ changes, guards = false }: { changes: readonly Change[]; guards?: boolean }) {
  if (changes.length === 0) return <p className="faint">No values are recorded.</p>
  return (
    <table className="stack changes">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, label, before, after, guarded }) => (
          <tr key={path.join('.') + label}>
            <th scope="row">
              {label} {guards && guarded && <span className="badge plain">Guarded</span>}
            </th>
            <td data-label="Before">
              <Value value={before} kind="before" />
            </td>
            <td data-label="After">
              <Value value={after} kind="after" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Value({ value, kind }: { value: unknown; kind: 'before' | 'after' }) {
  const text = valueText(value)
  if (text.includes('\n')) return <pre className={`value ${kind}`}>{text}</pre>
  return kind === 'before' ? <del className="value before">{text}</del> : <ins className="value after">{text}</ins>
}
