import { Link } from 'react-router'
import type { ExperimentStatus } from '../generated/graphql.ts'
import { Badge } from './Badge.tsx'

export const flagAddress = (project: string, key: string) => `/p/${project}/flags/${encodeURIComponent(key)}`
export const experimentAddress = (project: string, number: number) => `/p/${project}/experiments/${number}`
export const requestAddress = (project: string, id: string) => `/p/${project}/approvals/${encodeURIComponent(id)}`

export function FlagLink({ project, flag }: { project: string; flag: { key: string } }) {
  return (
    <Link className="key" to={flagAddress(project, flag.key)}>
      {flag.key}
    </Link>
  )
}

export function ExperimentLink({
  project,
  experiment,
  unless,
}: {
  project: string
  experiment: { databaseId: number; name: string; status?: ExperimentStatus }
  /** The status that needs no words, because all around it have it. */
  unless?: ExperimentStatus
}) {
  return (
    <span className="with-badge">
      <Link to={experimentAddress(project, experiment.databaseId)}>{experiment.name}</Link>
      {experiment.status !== undefined && experiment.status !== unless && <Badge status={experiment.status} />}
    </span>
  )
}

export function RequestLink({ project, id, children = 'Open the change request' }: { project: string; id: string; children?: string }) {
  return <Link to={requestAddress(project, id)}>{children}</Link>
}
