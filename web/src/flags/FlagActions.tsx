import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { type Outcome, useChange } from '../api/useChange.ts'
import { useRead } from '../api/useRead.ts'
import {
  ArchiveFlagDocument,
  DeleteFlagDocument,
  FlagPreviewDocument,
  type FlagPreviewQuery,
  RestoreFlagDocument,
  SwitchFlagDocument,
  UnarchiveFlagDocument,
} from '../generated/graphql.ts'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { Impact } from '../ui/Impact.tsx'
import { Loading, OutcomeNote, Problems } from '../ui/States.tsx'
import type { Flag } from './flag.ts'
import { actionsOf, type FlagAction, type PossibleAction } from './flagActions.ts'

/** What can be done with a flag, as buttons. What cannot be done is listed with the reason. */
export function FlagActions({
  flag,
  project,
  experiments,
  onDeleted,
}: {
  flag: Flag
  project: string
  /** Whether the key may read experiments. */
  experiments: boolean
  onDeleted: () => void
}) {
  const [asked, setAsked] = useState<PossibleAction | null>(null)
  const [outcome, setOutcome] = useState<Outcome<unknown> | null>(null)
  const [done, setDone] = useState('')
  const { busy, change } = useChange()
  const actions = actionsOf(flag)
  const impossible = actions.filter(({ obstacles }) => obstacles.length > 0)

  async function send(action: FlagAction): Promise<Outcome<unknown>> {
    const { id, active } = flag
    switch (action) {
      case 'ON':
      case 'OFF':
        return change(SwitchFlagDocument, { input: { id, active: action === 'ON' } })
      case 'ARCHIVE':
        return change(ArchiveFlagDocument, { input: { id, switchOff: active } })
      case 'UNARCHIVE':
        return change(UnarchiveFlagDocument, { input: { id } })
      case 'DELETE':
        return change(DeleteFlagDocument, { input: { id } })
    }
  }

  const confirm = async ({ action, name }: PossibleAction) => {
    const next = await send(action)
    setAsked(null)
    setOutcome(next)
    if (next.kind !== 'done') return
    if (action === 'DELETE') onDeleted()
    else setDone(`${name}: done.`)
  }

  return (
    <section className="life-cycle" aria-label="What can be done">
      <div className="buttons">
        {actions
          .filter(({ obstacles }) => obstacles.length === 0)
          .map((possible) => (
            <Button
              key={possible.action}
              className={`button ${possible.action === 'ON' ? 'primary' : ''} ${possible.danger ? 'danger-quiet' : ''}`}
              onPress={() => {
                setOutcome(null)
                setDone('')
                setAsked(possible)
              }}
            >
              {possible.name}
              {possible.needsApproval && <span className="needs"> needs approval</span>}
            </Button>
          ))}
      </div>
      {impossible.length > 0 && (
        <details className="impossible">
          <summary>Not possible now: {impossible.map(({ name }) => name.toLowerCase()).join(', ')}</summary>
          <dl>
            {impossible.map(({ action, name, obstacles }) => (
              <div key={action}>
                <dt>{name}</dt>
                <dd>{obstacles.join(' ')}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      <OutcomeNote outcome={outcome} done={done} project={project} />
      {asked !== null && (
        <Question
          asked={asked}
          flag={flag}
          project={project}
          experiments={experiments}
          busy={busy}
          onConfirm={() => void confirm(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  )
}

type Preview = NonNullable<FlagPreviewQuery['featureFlag']>['preview']

/** Asks before something is done, and says for how many people it would make a difference. */
function Question({
  asked: { action, name, effect, needsApproval: isGuarded, danger = false },
  flag,
  project,
  experiments,
  ...dialog
}: {
  asked: PossibleAction
  flag: Flag
  project: string
  experiments: boolean
  busy: boolean
  onConfirm: () => void
  onClose: () => void
}) {
  const switches = action === 'ON' || (flag.active && (action === 'OFF' || action === 'ARCHIVE'))
  const read = useRead(FlagPreviewDocument, { project, key: flag.key, active: action === 'ON', experiments }, { pause: !switches })
  const preview: Preview | undefined = switches ? read.data?.featureFlag?.preview : undefined
  const needsApproval = isGuarded || (preview?.guards.some(({ viewerBypasses }) => !viewerBypasses) ?? false)
  return (
    <ConfirmDialog
      title={`${name}: ${flag.key}`}
      confirm={needsApproval ? 'Ask for approval' : name}
      danger={danger}
      blocked={switches && (read.loading || (preview !== undefined && preview.fieldErrors.length > 0))}
      {...dialog}
    >
      <p>{effect}</p>
      {needsApproval && <p className="note wait">A policy guards this. Nothing changes until somebody has approved it.</p>}
      {switches && read.loading && <Loading what="for whom it makes a difference" />}
      {switches && <Problems problems={read.problems} retry={read.retry} />}
      {preview?.fieldErrors.map(({ path, message }) => (
        <p key={path.join('.')} className="note bad">
          {message}
        </p>
      ))}
      {preview !== undefined && preview.fieldErrors.length === 0 && <Impact impact={preview.impact} project={project} />}
    </ConfirmDialog>
  )
}

/** Shown in place of a flag that was just deleted. */
export function DeletedFlag({ flag, project, onRestored }: { flag: Flag; project: string; onRestored: () => void }) {
  const [outcome, setOutcome] = useState<Outcome<unknown> | null>(null)
  const { busy, change } = useChange()
  const restore = async () => {
    const next = await change(RestoreFlagDocument, { input: { id: flag.id } })
    setOutcome(next)
    if (next.kind === 'done') onRestored()
  }
  return (
    <section className="life-cycle" aria-label="What can be done">
      <p className="note good" role="status">
        Deleted. Another flag can have the key {flag.key} now.
      </p>
      <div className="buttons">
        <Button className="button" onPress={() => void restore()} isDisabled={busy}>
          {busy ? 'Working…' : 'Restore it'}
        </Button>
      </div>
      <OutcomeNote outcome={outcome} done="" project={project} />
    </section>
  )
}
