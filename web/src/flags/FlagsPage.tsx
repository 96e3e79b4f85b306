import { Link } from 'react-router'
import { useRead } from '../api/useRead.ts'
import { type FeatureFlagStatus, FlagsDocument, type FlagsQuery, type FlagsQueryVariables } from '../generated/graphql.ts'
import { useShown } from '../shell/context.ts'
import { Badge } from '../ui/Badge.tsx'
import { Choice } from '../ui/Choice.tsx'
import { ExperimentLink, flagAddress } from '../ui/links.tsx'
import { Card, PageHead } from '../ui/Page.tsx'
import { Pager, useFilters, usePage } from '../ui/Pager.tsx'
import { SearchBox } from '../ui/SearchBox.tsx'
import { Empty, Show } from '../ui/States.tsx'
import { Trace } from '../ui/Trace.tsx'
import { ineligible, percent } from '../ui/words.ts'

type Flag = NonNullable<FlagsQuery['featureFlags']>['nodes'][number]

const statuses = [
  { id: '', name: 'On or off' },
  { id: 'ACTIVE', name: 'Active' },
  { id: 'STALE', name: 'Stale' },
  { id: 'INACTIVE', name: 'Off' },
  { id: 'ARCHIVED', name: 'Archived' },
  { id: 'DELETED', name: 'Deleted' },
]
const uses = [
  { id: '', name: 'All flags' },
  { id: 'eligible', name: 'For experiments' },
  { id: 'ineligible', name: 'Not for experiments' },
  { id: 'used', name: 'In an experiment' },
  { id: 'free', name: 'In no experiment' },
]

/** All flags of the project: their state, whom they reach, and what uses them. */
export function FlagsPage() {
  const { project, can } = useShown()
  const [params, set] = useFilters()
  const status = statuses.find(({ id }) => id === params.get('status'))?.id ?? ''
  const use = uses.find(({ id }) => id === params.get('use'))?.id ?? ''
  const search = params.get('search') ?? ''
  const variables: FlagsQueryVariables = {
    project,
    experiments: can('experiment:read'),
    ...usePage(),
    ...(search === '' ? {} : { search }),
    ...(status === '' ? {} : { statuses: [status as FeatureFlagStatus] }),
    ...(use === 'eligible' || use === 'ineligible' ? { eligible: use === 'eligible' } : {}),
    ...(use === 'used' || use === 'free' ? { inExperiment: use === 'used' } : {}),
  }
  const read = useRead(FlagsDocument, variables)
  const filtered = search !== '' || status !== '' || use !== ''
  return (
    <>
      <PageHead title="Flags" about="What is on, whom it reaches, and which experiments can use it.">
        <Trace operation={FlagsDocument} variables={variables} />
      </PageHead>
      <div className="filters">
        <SearchBox label="Key or name" />
        <Choice label="State" value={status} options={statuses} onChange={(id) => set({ status: id })} />
        <Choice label="Use" value={use} options={uses} onChange={(id) => set({ use: id })} />
      </div>
      <Card>
        <Show read={read} what="flags" part={(data) => data.featureFlags}>
          {(list) => (
            <>
              {list.nodes.length === 0 ? (
                filtered ? (
                  <Empty title="No flag matches">
                    Search for a part of its key or name, or <Link to={`/p/${project}/flags`}>show all flags</Link>.
                  </Empty>
                ) : (
                  <Empty title="This project has no flags yet">
                    Create one with the mutation <code>createFeatureFlag</code>, or bring those of PostHog: see{' '}
                    <Link to={`/p/${project}/link`}>PostHog</Link>.
                  </Empty>
                )
              ) : (
                <FlagTable flags={list.nodes} project={project} withExperiments={variables.experiments} />
              )}
              <Pager list={list} one="flag" />
            </>
          )}
        </Show>
      </Card>
    </>
  )
}

function FlagTable({ flags, project, withExperiments }: { flags: readonly Flag[]; project: string; withExperiments: boolean }) {
  return (
    <table className="stack">
      <thead>
        <tr>
          <th scope="col">Flag</th>
          <th scope="col">State</th>
          <th scope="col">Reaches</th>
          {withExperiments && <th scope="col">Experiments</th>}
          <th scope="col">For experiments</th>
        </tr>
      </thead>
      <tbody>
        {flags.map((flag) => (
          <tr key={flag.id}>
            <th scope="row">
              <Link className="key" to={flagAddress(project, flag.key)}>
                {flag.key}
              </Link>
              {flag.name !== '' && <span className="faint line">{flag.name}</span>}
              {flag.tags.length > 0 && (
                <span className="tags">
                  {flag.tags.map((tag) => (
                    <span key={tag} className="tag">
                      {tag}
                    </span>
                  ))}
                </span>
              )}
            </th>
            <td data-label="State">
              <Badge status={flag.status}>{flag.status === 'INACTIVE' ? 'Off' : undefined}</Badge>
            </td>
            <td data-label="Reaches">
              <Reach flag={flag} />
            </td>
            {flag.experiments && (
              <td data-label="Experiments">
                {flag.experiments.totalCount === 0 && <span className="faint">None</span>}
                {flag.experiments.nodes.map((experiment) => (
                  <div key={experiment.id}>
                    <ExperimentLink project={project} experiment={experiment} />
                  </div>
                ))}
                {flag.experiments.totalCount > flag.experiments.nodes.length && (
                  <span className="faint">and {flag.experiments.totalCount - flag.experiments.nodes.length} more</span>
                )}
              </td>
            )}
            <td data-label="For experiments">
              {flag.experimentEligibility.eligible ? (
                <span className="yes">Eligible</span>
              ) : (
                <span className="faint">Not eligible: {flag.experimentEligibility.reasons.map(ineligible).join(', ')}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const reaches = { EVERYBODY: 'Everybody', SOMEBODY: 'Some people', NOBODY: 'Nobody' }

function Reach({ flag: { rollout, rolloutPercentage, variants } }: { flag: Flag }) {
  return (
    <>
      {reaches[rollout]}
      {rolloutPercentage !== null && rollout !== 'NOBODY' && rolloutPercentage < 100 && `, ${percent(rolloutPercentage)}`}
      {variants.length > 0 && (
        <span className="faint line">{variants.map((variant) => `${variant.key} ${percent(variant.rolloutPercentage)}`).join(' · ')}</span>
      )}
    </>
  )
}
