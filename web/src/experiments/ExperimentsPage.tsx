import { Link } from 'react-router'
import { useRead } from '../api/useRead.ts'
import { type ExperimentStatus, ExperimentsDocument, type ExperimentsQueryVariables } from '../generated/graphql.ts'
import { useShown } from '../shell/context.ts'
import { Badge } from '../ui/Badge.tsx'
import { Choice } from '../ui/Choice.tsx'
import { experimentAddress, FlagLink } from '../ui/links.tsx'
import { Card, DoneNote, PageHead } from '../ui/Page.tsx'
import { Pager, useFilters, usePage } from '../ui/Pager.tsx'
import { SearchBox } from '../ui/SearchBox.tsx'
import { Empty, Show } from '../ui/States.tsx'
import { Trace } from '../ui/Trace.tsx'
import { When } from '../ui/When.tsx'
import { count, daysBetween, nameOf } from '../ui/words.ts'

const statuses = [
  { id: '', name: 'Any status' },
  { id: 'DRAFT', name: 'Draft' },
  { id: 'RUNNING', name: 'Running' },
  { id: 'PAUSED', name: 'Paused' },
  { id: 'EXPOSURE_FROZEN', name: 'Exposure frozen' },
  { id: 'STOPPED', name: 'Stopped' },
  { id: 'ARCHIVED', name: 'Archived' },
]

/** All experiments of the project. */
export function ExperimentsPage() {
  const { project, can } = useShown()
  const [params, set] = useFilters()
  const status = statuses.find(({ id }) => id === params.get('status'))?.id ?? ''
  const search = params.get('search') ?? ''
  const variables: ExperimentsQueryVariables = {
    project,
    flags: can('feature_flag:read'),
    ...usePage(),
    ...(search === '' ? {} : { search }),
    ...(status === 'ARCHIVED' ? { archived: true } : status === '' ? {} : { statuses: [status as ExperimentStatus] }),
  }
  const read = useRead(ExperimentsDocument, variables)
  const now = new Date()
  return (
    <>
      <PageHead title="Experiments" about="What was tried, what runs, and how it ended.">
        <Trace operation={ExperimentsDocument} variables={variables} />
      </PageHead>
      <DoneNote />
      <div className="filters">
        <SearchBox label="Name" />
        <Choice label="Status" value={status} options={statuses} onChange={(id) => set({ status: id })} />
      </div>
      <Card>
        <Show read={read} what="experiments" part={(data) => data.experiments}>
          {(list) => (
            <>
              {list.nodes.length === 0 ? (
                search !== '' || status !== '' ? (
                  <Empty title="No experiment matches">
                    Search for a part of its name, or <Link to={`/p/${project}/experiments`}>show all experiments</Link>.
                  </Empty>
                ) : (
                  <Empty title="This project has no experiments yet">
                    Create one with the mutation <code>createExperiment</code>.{' '}
                    <Link to={`/p/${project}/flags?use=eligible`}>These flags</Link> can be used.
                  </Empty>
                )
              ) : (
                <table className="stack">
                  <thead>
                    <tr>
                      <th scope="col">Experiment</th>
                      <th scope="col">Status</th>
                      {variables.flags && <th scope="col">Flag</th>}
                      <th scope="col">Time</th>
                      <th scope="col">Created by</th>
                    </tr>
                  </thead>
                  <tbody>
                    {list.nodes.map(
                      ({ id, databaseId, name, status, archived, conclusion, startDate, endDate, featureFlag, createdBy }) => (
                        <tr key={id}>
                          <th scope="row">
                            <Link to={experimentAddress(project, databaseId)}>{name}</Link>
                          </th>
                          <td data-label="Status">
                            <Badge status={status} /> {conclusion !== null && <Badge status={conclusion} />}{' '}
                            {archived && <span className="badge plain">Archived</span>}
                          </td>
                          {featureFlag && (
                            <td data-label="Flag">
                              <FlagLink project={project} flag={featureFlag} />
                            </td>
                          )}
                          <td data-label="Time">
                            {startDate === null ? (
                              <span className="faint">Not launched</span>
                            ) : endDate === null ? (
                              count(daysBetween(startDate, now), 'day')
                            ) : (
                              <>
                                {count(daysBetween(startDate, new Date(endDate)), 'day')}, ended <When at={endDate} />
                              </>
                            )}
                          </td>
                          <td data-label="Created by">{nameOf(createdBy)}</td>
                        </tr>
                      ),
                    )}
                  </tbody>
                </table>
              )}
              <Pager list={list} one="experiment" />
            </>
          )}
        </Show>
      </Card>
    </>
  )
}
