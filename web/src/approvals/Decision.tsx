import { useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { type Outcome, useChange } from '../api/useChange.ts'
import {
  ApproveRequestDocument,
  CancelRequestDocument,
  RejectRequestDocument,
  type RequestQuery,
  RetryRequestDocument,
} from '../generated/graphql.ts'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { OutcomeNote } from '../ui/States.tsx'
import { count } from '../ui/words.ts'

type Request = NonNullable<RequestQuery['changeRequest']>
type Step = 'approve' | 'reject' | 'cancel' | 'retry'

const steps: Record<Step, { name: string; effect: string; reason: 'needed' | 'possible' | 'none'; danger?: boolean }> = {
  approve: { name: 'Approve', effect: 'If this is the last approval that is missing, the change is made at once.', reason: 'possible' },
  reject: { name: 'Reject', effect: 'The request ends, and nothing is changed.', reason: 'needed', danger: true },
  cancel: { name: 'Withdraw', effect: 'The request ends, and nothing is changed.', reason: 'possible' },
  retry: { name: 'Try again', effect: 'The change is tried once more.', reason: 'none' },
}

/** What the viewer can do with a request, and what came of it. */
export function Decision({ request, project }: { request: Request; project: string }) {
  const [asked, setAsked] = useState<Step | null>(null)
  const [reason, setReason] = useState('')
  const [outcome, setOutcome] = useState<Outcome<unknown> | null>(null)
  const [done, setDone] = useState('')
  const { busy, change } = useChange()
  const section = useRef<HTMLElement>(null)
  // The button that was pressed is gone then, and the focus with it.
  useEffect(() => {
    if (done !== '') section.current?.focus()
  }, [done])

  const mayVote = request.state === 'PENDING' && request.viewerCanApprove && request.viewerDecision === null
  const possible: Step[] = [
    ...(mayVote ? (['approve', 'reject'] as const) : []),
    ...(request.viewerCanCancel ? (['cancel'] as const) : []),
    ...(request.state === 'FAILED' ? (['retry'] as const) : []),
  ]

  async function confirm(step: Step) {
    const given = reason.trim()
    const input = { id: request.id, ...(given === '' ? {} : { reason: given }) }
    if (step === 'approve' || step === 'retry') {
      const next =
        step === 'approve'
          ? await change(ApproveRequestDocument, { input })
          : await change(RetryRequestDocument, { input: { id: request.id } })
      setOutcome(next)
      if (next.kind === 'done') setDone(told(next.result.outcome))
    } else {
      const next =
        step === 'reject'
          ? await change(RejectRequestDocument, { input: { id: request.id, reason: given } })
          : await change(CancelRequestDocument, { input })
      setOutcome(next)
      if (next.kind === 'done') setDone(step === 'reject' ? 'Rejected. Nothing was changed.' : 'Withdrawn. Nothing was changed.')
    }
    setAsked(null)
  }

  const ask = (step: Step) => {
    setReason('')
    setOutcome(null)
    setDone('')
    setAsked(step)
  }

  return (
    <section ref={section} tabIndex={-1} className="life-cycle" aria-label="Decision">
      {request.validationStatus !== 'VALID' && request.state === 'PENDING' && (
        <p className="note bad">{request.validationMessage ?? 'The change cannot be made as it was asked for.'}</p>
      )}
      {request.applyError !== null && <p className="note bad">The change could not be made: {request.applyError}</p>}
      {request.state === 'PENDING' && !mayVote && <p className="faint">{whyNot(request)}</p>}
      {possible.length > 0 && (
        <div className="buttons">
          {possible.map((step, index) => (
            <Button
              key={step}
              className={`button ${index === 0 ? 'primary' : ''} ${steps[step].danger ? 'danger-quiet' : ''}`}
              onPress={() => ask(step)}
            >
              {steps[step].name}
            </Button>
          ))}
        </div>
      )}
      <OutcomeNote outcome={outcome} done={done} project={project} />
      {asked !== null && (
        <ConfirmDialog
          title={`${steps[asked].name} this change?`}
          confirm={steps[asked].name}
          danger={steps[asked].danger === true}
          busy={busy}
          blocked={steps[asked].reason === 'needed' && reason.trim() === ''}
          onConfirm={() => void confirm(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{request.description}</p>
          <p>{steps[asked].effect}</p>
          {steps[asked].reason !== 'none' && (
            <label className="field">
              {steps[asked].reason === 'needed' ? 'Why (who asked reads it)' : 'Why, if you want to say it'}
              <textarea className="input" rows={3} value={reason} onChange={({ target }) => setReason(target.value)} />
            </label>
          )}
        </ConfirmDialog>
      )}
    </section>
  )
}

function told(outcome: { __typename: string; approvals?: number; quorum?: number; message?: string }): string {
  if (outcome.__typename === 'ChangeApplied') return 'Approved, and the change is made.'
  if (outcome.__typename === 'ApplyFailed') return `Approved, but the change could not be made: ${outcome.message}`
  return `Approved: ${outcome.approvals} of ${count(outcome.quorum ?? 0, 'approval')}.`
}

function whyNot({ viewerIsRequester, viewerDecision }: Request): string {
  if (viewerDecision !== null) return 'You have voted.'
  if (viewerIsRequester) return 'You asked for this, so others decide.'
  return 'It waits for others: you are not one of those who may vote.'
}
