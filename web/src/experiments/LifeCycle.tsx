import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { type Outcome, useChange } from '../api/useChange.ts'
import {
  ArchiveExperimentDocument,
  EndExperimentDocument,
  type ExperimentConclusion,
  type ExperimentQuery,
  FreezeExposureDocument,
  LaunchExperimentDocument,
  PauseExperimentDocument,
  ResetExperimentDocument,
  ResumeExperimentDocument,
  ShipExperimentVariantDocument,
  UnarchiveExperimentDocument,
  UnfreezeExposureDocument,
} from '../generated/graphql.ts'
import { Choice } from '../ui/Choice.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { Problems, Refusal } from '../ui/States.tsx'
import { sentence } from '../ui/words.ts'
import { actionTexts, isLifeCycleAction, type LifeCycleAction } from './lifeCycleActions.ts'

type Experiment = NonNullable<ExperimentQuery['experiment']>

const conclusions = [
  { id: '', name: 'Not decided' },
  ...['WON', 'LOST', 'INCONCLUSIVE', 'STOPPED_EARLY', 'INVALID'].map((id) => ({ id, name: sentence(id) })),
]

/** What can be done with the experiment now, as buttons. What cannot be done is listed with the reason. */
export function LifeCycle({ experiment, project }: { experiment: Experiment; project: string }) {
  const [asked, setAsked] = useState<LifeCycleAction | null>(null)
  const [variant, setVariant] = useState('')
  const [conclusion, setConclusion] = useState('')
  const [comment, setComment] = useState('')
  const [outcome, setOutcome] = useState<Outcome<unknown> | null>(null)
  const [done, setDone] = useState('')
  const { busy, change } = useChange()

  const states = experiment.actions.flatMap(({ action, ...state }) => (isLifeCycleAction(action) ? [{ action, ...state }] : []))
  const possible = states.filter(({ allowed }) => allowed)
  const impossible = states.filter(({ allowed }) => !allowed)
  const needsApproval = states.some(({ action, needsApproval }) => action === asked && needsApproval)
  const variants = experiment.featureFlag?.variants.map(({ key }) => ({ id: key, name: key })) ?? []

  async function send(action: LifeCycleAction): Promise<Outcome<unknown>> {
    const { id } = experiment
    const decision = {
      ...(conclusion === '' ? {} : { conclusion: conclusion as ExperimentConclusion }),
      ...(comment.trim() === '' ? {} : { conclusionComment: comment.trim() }),
    }
    switch (action) {
      case 'LAUNCH':
        return change(LaunchExperimentDocument, { input: { id } })
      case 'PAUSE':
        return change(PauseExperimentDocument, { input: { id } })
      case 'RESUME':
        return change(ResumeExperimentDocument, { input: { id } })
      case 'END':
        return change(EndExperimentDocument, { input: { id, ...decision } })
      case 'SHIP':
        return change(ShipExperimentVariantDocument, { input: { id, variantKey: variant, ...decision } })
      case 'FREEZE_EXPOSURE':
        return change(FreezeExposureDocument, { input: { id } })
      case 'UNFREEZE_EXPOSURE':
        return change(UnfreezeExposureDocument, { input: { id } })
      case 'ARCHIVE':
        return change(ArchiveExperimentDocument, { input: { id } })
      case 'UNARCHIVE':
        return change(UnarchiveExperimentDocument, { input: { id } })
      case 'RESET':
        return change(ResetExperimentDocument, { input: { id } })
    }
  }

  const ask = (action: LifeCycleAction) => {
    setOutcome(null)
    setDone('')
    setConclusion('')
    setComment('')
    setVariant(variants.find(({ id }) => id !== experiment.baselineVariantKey)?.id ?? '')
    setAsked(action)
  }

  const confirm = async (action: LifeCycleAction) => {
    const next = await send(action)
    setAsked(null)
    setOutcome(next)
    if (next.kind === 'done') setDone(`${actionTexts[action].name}: done.`)
  }

  return (
    <section className="life-cycle" aria-label="What can be done">
      {possible.length > 0 && (
        <div className="buttons">
          {possible.map(({ action, needsApproval }) => (
            <Button
              key={action}
              className={`button ${action === 'LAUNCH' || action === 'RESUME' ? 'primary' : ''}`}
              onPress={() => ask(action)}
            >
              {actionTexts[action].name}
              {needsApproval && <span className="needs"> needs approval</span>}
            </Button>
          ))}
        </div>
      )}
      {impossible.length > 0 && (
        <details className="impossible">
          <summary>Not possible now: {impossible.map(({ action }) => actionTexts[action].name.toLowerCase()).join(', ')}</summary>
          <dl>
            {impossible.map(({ action, reason }) => (
              <div key={action}>
                <dt>{actionTexts[action].name}</dt>
                <dd>{reason}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {done !== '' && (
        <p className="note good" role="status">
          {done}
        </p>
      )}
      {outcome?.kind === 'refused' && <Refusal refusal={outcome.refusal} project={project} />}
      {outcome?.kind === 'failed' && <Problems problems={outcome.problems} />}
      {asked !== null && (
        <ConfirmDialog
          title={`${actionTexts[asked].name}: ${experiment.name}`}
          confirm={needsApproval ? 'Ask for approval' : actionTexts[asked].name}
          danger={actionTexts[asked].danger === true}
          busy={busy}
          blocked={asked === 'SHIP' && variant === ''}
          onConfirm={() => void confirm(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{actionTexts[asked].effect}</p>
          {needsApproval && <p className="note wait">A policy guards this. Nothing changes until somebody has approved it.</p>}
          {asked === 'SHIP' && <Choice label="Variant" value={variant} options={variants} onChange={setVariant} />}
          {(asked === 'END' || asked === 'SHIP') && (
            <>
              <Choice label="Conclusion" value={conclusion} options={conclusions} onChange={setConclusion} />
              <label className="field">
                Why, for those who read it later
                <textarea className="input" rows={3} value={comment} onChange={({ target }) => setComment(target.value)} />
              </label>
            </>
          )}
        </ConfirmDialog>
      )}
    </section>
  )
}
