import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { type Outcome, useChange } from '../api/useChange.ts'
import { useRead } from '../api/useRead.ts'
import { LinkDocument, type LinkQuery, ResyncDocument } from '../generated/graphql.ts'
import { useShown } from '../shell/context.ts'
import { Badge } from '../ui/Badge.tsx'
import { Card, Facts, PageHead } from '../ui/Page.tsx'
import { Empty, Problems, Refusal, Show } from '../ui/States.tsx'
import { Trace } from '../ui/Trace.tsx'
import { When } from '../ui/When.tsx'
import { count, duration } from '../ui/words.ts'

type ProjectLink = NonNullable<NonNullable<LinkQuery['project']>['link']>

/** How the project follows its PostHog. */
export function LinkPage() {
  const { project } = useShown()
  const read = useRead(LinkDocument, { project })
  const link = read.data?.project?.link
  return (
    <>
      <PageHead
        title="PostHog"
        badge={link && <Badge status={link.state} />}
        about="Whether the project follows a PostHog, and how far it is."
      >
        <Trace operation={LinkDocument} variables={{ project }} />
      </PageHead>
      <Show read={read} what="the link" part={(data) => data.project}>
        {({ id, link }) =>
          link === null ? (
            <Card>
              {read.problems.length === 0 && (
                <Empty title="This project is not linked">
                  It holds its data itself. To follow a PostHog, an operator runs <code>npm run link</code>, or an admin uses the mutation{' '}
                  <code>linkProject</code>.
                </Empty>
              )}
            </Card>
          ) : (
            <Linked projectId={id} link={link} />
          )
        }
      </Show>
    </>
  )
}

function Linked({ projectId, link }: { projectId: string; link: ProjectLink }) {
  const { project } = useShown()
  const { busy, change } = useChange()
  const [outcome, setOutcome] = useState<Outcome<unknown> | null>(null)
  const resync = async () => setOutcome(await change(ResyncDocument, { input: { projectId } }))
  return (
    <>
      {link.lastError !== null && (
        <p className="note bad" role="alert">
          <strong>
            The last attempt failed
            {link.lastErrorAt !== null && (
              <>
                {' '}
                <When at={link.lastErrorAt} />
              </>
            )}
            .
          </strong>{' '}
          {link.lastError}
        </p>
      )}
      {link.progress && (
        <p className="note cool" role="status">
          The first copy is under way: {count(link.progress.rows, 'row')}
          {link.progress.total !== null && ` of ${link.progress.total.toLocaleString('en')}`}.
        </p>
      )}
      <ul className="numbers">
        <li>
          <span className="number">{link.lag === null ? '–' : duration(link.lag)}</span>
          <span>since all was last stored here</span>
        </li>
        <li>
          <span className="number">{link.behindBy.toLocaleString('en')}</span>
          <span>rows are known to be newer there</span>
        </li>
        <li>
          <span className="number">{link.skipped.totalCount.toLocaleString('en')}</span>
          <span>rows cannot be stored here</span>
        </li>
      </ul>
      <Card title="The link">
        <Facts
          facts={[
            ['PostHog', `${link.host}, project ${link.upstreamProjectId}`],
            ['Changes', link.mode === 'MIRROR' ? 'are made in PostHog only' : 'made here are sent to PostHog'],
            ['Events', link.events === 'POSTHOG' ? 'stay in PostHog' : 'are stored here'],
            ['Policies', link.localApprovals ? 'of this service guard it too' : 'of this service do not guard it'],
            ['Key', link.keyMask ?? 'it cannot be read: store another one'],
            [
              'Compared',
              link.reconciledAt === null ? (
                'not yet in full'
              ) : (
                <>
                  <When key="r" at={link.reconciledAt} />, {count(link.lastRepairs ?? 0, 'row')} mended
                </>
              ),
            ],
          ]}
        />
        <div className="buttons">
          <Button className="button" onPress={() => void resync()} isDisabled={busy}>
            Compare everything again
          </Button>
        </div>
        {outcome?.kind === 'done' && (
          <p className="note good" role="status">
            A full comparison begins within seconds. It mends what was missed.
          </p>
        )}
        {outcome?.kind === 'refused' && <Refusal refusal={outcome.refusal} project={project} />}
        {outcome?.kind === 'failed' && <Problems problems={outcome.problems} />}
      </Card>
      <Card title="Rows that cannot be stored" aside={<span className="faint">{count(link.skipped.totalCount, 'row')}</span>}>
        {link.skipped.nodes.length === 0 ? (
          <Empty title="There are none">All that PostHog has is here.</Empty>
        ) : (
          <table className="stack">
            <thead>
              <tr>
                <th scope="col">Row</th>
                <th scope="col">Why</th>
                <th scope="col">Seen</th>
              </tr>
            </thead>
            <tbody>
              {link.skipped.nodes.map(({ kind, upstreamId, reason, seenAt }) => (
                <tr key={`${kind} ${upstreamId}`}>
                  <th scope="row">
                    {kind} <code>{upstreamId}</code>
                  </th>
                  <td data-label="Why">{reason}</td>
                  <td data-label="Seen">
                    <When at={seenAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Card>
    </>
  )
}
