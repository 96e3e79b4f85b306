import type { ActivityRowFragment } from '../generated/graphql.ts'
import { Changes } from './Changes.tsx'
import { Empty } from './States.tsx'
import { When } from './When.tsx'
import { nameOf, spaced } from './words.ts'

/** Entries of the audit trail, the newest first. */
export function Activity({ entries }: { entries: readonly ActivityRowFragment[] }) {
  if (entries.length === 0) return <Empty title="Nothing has happened yet">Changes appear here, with who made them and when.</Empty>
  return (
    <ol className="timeline">
      {entries.map(({ id, activity, user, createdAt, detail, changes, resourceName }) => (
        <li key={id}>
          <p>
            <strong>{nameOf(user)}</strong> · {spaced(activity)}
            {resourceName !== null && <span className="faint"> · {resourceName}</span>}{' '}
            <span className="faint">
              <When at={createdAt} />
            </span>
          </p>
          {detail !== '' && <p className="faint">{detail}</p>}
          {changes.length > 0 && <Changes changes={changes} />}
        </li>
      ))}
    </ol>
  )
}
