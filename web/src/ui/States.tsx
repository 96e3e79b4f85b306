import type { ReactNode } from 'react'
import { Button } from 'react-aria-components/Button'
import type { Explanation } from '../api/explain.ts'
import type { Outcome } from '../api/useChange.ts'
import type { Read } from '../api/useRead.ts'
import type { RefusalFragment } from '../generated/graphql.ts'
import { RequestLink } from './links.tsx'
import { count } from './words.ts'

export function Loading({ what }: { what: string }) {
  return (
    <div className="loading" role="status">
      <span className="hidden">Loading {what}…</span>
      <div className="bone" />
      <div className="bone" />
      <div className="bone" />
    </div>
  )
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  )
}

/** What could not be read or done, and what to do. */
export function Problems({ problems, retry }: { problems: Explanation[]; retry?: (() => void) | undefined }) {
  if (problems.length === 0) return null
  return (
    <div className="note bad" role="alert">
      {problems.map(({ title, advice, retryAfter }) => (
        <p key={title}>
          <strong>{title}.</strong> {advice} {retryAfter !== null && `Trying again in ${count(Math.ceil(retryAfter), 'second')}.`}
        </p>
      ))}
      {retry && problems.some(({ retryAfter }) => retryAfter !== null) && (
        <Button className="button small" onPress={retry}>
          Try now
        </Button>
      )}
    </div>
  )
}

/** Shows what was read, what is missing from it, or that it comes. */
export function Show<Data, Part>({
  read,
  what,
  part,
  children,
}: {
  read: Read<Data>
  what: string
  /** The part that must be there. */
  part: (data: Data) => Part | null | undefined
  children: (part: NonNullable<Part>) => ReactNode
}) {
  if (read.loading) return <Loading what={what} />
  const shown = read.data === undefined ? undefined : part(read.data)
  return (
    <>
      <Problems problems={read.problems} retry={read.retry} />
      {shown != null && <div aria-busy={read.refreshing}>{children(shown)}</div>}
    </>
  )
}

/** What came of a change. @param done what to say if it was made */
export function OutcomeNote({ outcome, done, project }: { outcome: Outcome<unknown> | null; done: ReactNode; project: string }) {
  return (
    <>
      {outcome?.kind === 'done' && done !== '' && (
        <p className="note good" role="status">
          {done}
        </p>
      )}
      {outcome?.kind === 'refused' && <Refusal refusal={outcome.refusal} project={project} />}
      {outcome?.kind === 'failed' && <Problems problems={outcome.problems} />}
    </>
  )
}

/** Why a change was not made. A change that needs approval waits for it: that is no failure. */
export function Refusal({ refusal, project }: { refusal: RefusalFragment; project: string }) {
  switch (refusal.__typename) {
    case 'ApprovalRequiredError':
      return (
        <div className="note wait" role="status">
          <p>
            <strong>This change waits for approval.</strong> Nothing has changed yet.{' '}
            <RequestLink project={project} id={refusal.changeRequest.id} />
          </p>
        </div>
      )
    case 'ChangeRequestPendingError':
      return (
        <div className="note wait" role="status">
          <p>
            <strong>Such a change is waiting already.</strong> {refusal.message}{' '}
            <RequestLink project={project} id={refusal.changeRequest.id} />
          </p>
        </div>
      )
    default:
      return (
        <div className="note bad" role="alert">
          <p>
            <strong>Nothing was changed.</strong> {refusal.message}
          </p>
          {refusal.__typename === 'ValidationError' && (
            <ul>
              {refusal.fieldErrors.map(({ path, message }) => (
                <li key={`${path.join('.')} ${message}`}>{message}</li>
              ))}
            </ul>
          )}
          {refusal.__typename === 'LaunchBlockedError' && (
            <ul>
              {refusal.checks
                .filter(({ passed, severity }) => !passed && severity === 'BLOCKING')
                .map(({ kind, message }) => (
                  <li key={kind}>{message}</li>
                ))}
            </ul>
          )}
          {refusal.__typename === 'PolicyConflictError' && <p>{refusal.guidance}</p>}
          {refusal.__typename === 'LinkedReadOnlyError' && (
            <p>
              {refusal.remedy}{' '}
              <a href={refusal.url} target="_blank" rel="noreferrer">
                Open it in PostHog
              </a>
            </p>
          )}
          {refusal.__typename === 'VersionConflictError' && <p>What you see is current now. Decide again.</p>}
        </div>
      )
  }
}
