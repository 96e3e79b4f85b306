import { type ReactNode, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { useNavigate } from 'react-router'
import { type Outcome, useChange } from '../api/useChange.ts'
import {
  ArchiveExperimentDocument,
  CopyExperimentDocument,
  DeleteExperimentDocument,
  DuplicateExperimentDocument,
  EndExperimentDocument,
  type ExperimentAction,
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
import { useShown } from '../shell/context.ts'
import { Choice } from '../ui/Choice.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { ExperimentLink } from '../ui/links.tsx'
import { OutcomeNote } from '../ui/States.tsx'
import { sentence } from '../ui/words.ts'
import { CopyFields, type CopyValues } from './CopyFields.tsx'
import { actionTexts } from './lifeCycleActions.ts'

type Experiment = NonNullable<ExperimentQuery['experiment']>
type Made = Pick<Experiment, 'databaseId' | 'name'>

const conclusions = [
  { id: '', name: 'Not decided' },
  ...['WON', 'LOST', 'INCONCLUSIVE', 'STOPPED_EARLY', 'INVALID'].map((id) => ({ id, name: sentence(id) })),
]

/** What can be done with the experiment now, as buttons. What cannot be done is listed with the reason. */
export function LifeCycle({ experiment, project }: { experiment: Experiment; project: string }) {
  const [asked, setAsked] = useState<ExperimentAction | null>(null)
  const [variant, setVariant] = useState('')
  const [conclusion, setConclusion] = useState('')
  const [comment, setComment] = useState('')
  const [outcome, setOutcome] = useState<Outcome<unknown> | null>(null)
  const [copy, setCopy] = useState<CopyValues>({ name: '', flagKey: '', target: '' })
  const [done, setDone] = useState<ReactNode>('')
  const { busy, change } = useChange()
  const navigate = useNavigate()
  const { viewer } = useShown()

  const order = Object.keys(actionTexts)
  const states = experiment.actions.toSorted((a, b) => order.indexOf(a.action) - order.indexOf(b.action))
  const possible = states.filter(({ allowed }) => allowed)
  const impossible = states.filter(({ allowed }) => !allowed)
  const needsApproval = states.some(({ action, needsApproval }) => action === asked && needsApproval)
  // The server knows which of them belong to the same organization.
  const targets = viewer.projects.nodes.flatMap(({ databaseId, name }) =>
    String(databaseId) === project ? [] : [{ id: String(databaseId), name }],
  )
  const variants = experiment.featureFlag?.variants.map(({ key }) => ({ id: key, name: key })) ?? []

  async function send(action: ExperimentAction): Promise<Outcome<unknown>> {
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
      case 'DUPLICATE':
        return change(DuplicateExperimentDocument, { input: { id, ...copied() } })
      case 'COPY':
        return change(CopyExperimentDocument, { input: { id, targetProjectId: copy.target, ...copied() } })
      case 'DELETE':
        return change(DeleteExperimentDocument, { input: { id, deleted: true } })
    }
  }

  const copied = () => ({
    ...(copy.name.trim() === '' ? {} : { name: copy.name.trim() }),
    ...(copy.flagKey.trim() === '' ? {} : { featureFlagKey: copy.flagKey.trim() }),
  })

  const ask = (action: ExperimentAction) => {
    setOutcome(null)
    setDone('')
    setConclusion('')
    setComment('')
    setVariant(variants.find(({ id }) => id !== experiment.baselineVariantKey)?.id ?? '')
    setCopy({ name: '', flagKey: '', target: targets[0]?.id ?? '' })
    setAsked(action)
  }

  const confirm = async (action: ExperimentAction) => {
    const next = await send(action)
    setAsked(null)
    setOutcome(next)
    if (next.kind !== 'done') return
    if (action === 'DELETE') {
      return navigate(`/p/${project}/experiments`, { replace: true, state: { done: `Deleted: ${experiment.name}` } })
    }
    const made = action === 'DUPLICATE' || action === 'COPY' ? (next.result as Made) : null
    const at = action === 'COPY' ? copy.target : project
    setDone(
      <>
        {actionTexts[action].name}: done. {made && <ExperimentLink project={at} experiment={made} />}
      </>,
    )
  }

  return (
    <section className="life-cycle" aria-label="What can be done">
      {possible.length > 0 && (
        <div className="buttons">
          {possible.map(({ action, needsApproval }) => (
            <Button
              key={action}
              className={`button ${action === 'LAUNCH' || action === 'RESUME' ? 'primary' : ''} ${action === 'DELETE' ? 'danger-quiet' : ''}`}
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
      <OutcomeNote outcome={outcome} done={done} project={project} />
      {asked !== null && (
        <ConfirmDialog
          title={`${actionTexts[asked].name}: ${experiment.name}`}
          confirm={needsApproval ? 'Ask for approval' : actionTexts[asked].name}
          danger={actionTexts[asked].danger === true}
          busy={busy}
          blocked={(asked === 'SHIP' && variant === '') || (asked === 'COPY' && copy.target === '')}
          onConfirm={() => void confirm(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{actionTexts[asked].effect}</p>
          {needsApproval && <p className="note wait">A policy guards this. Nothing changes until somebody has approved it.</p>}
          {(asked === 'DUPLICATE' || asked === 'COPY') && (
            <CopyFields values={copy} onChange={setCopy} targets={asked === 'COPY' ? targets : null} name={experiment.name} />
          )}
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
