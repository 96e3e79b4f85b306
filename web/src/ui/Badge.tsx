import { sentence } from './words.ts'

const tones: Record<string, string> = {
  ACTIVE: 'good',
  RUNNING: 'good',
  APPLIED: 'good',
  APPROVED: 'good',
  FOLLOWING: 'good',
  WON: 'good',
  PENDING: 'wait',
  PAUSED: 'wait',
  STALE: 'wait',
  EXPOSURE_FROZEN: 'cool',
  COPYING: 'cool',
  FAILED: 'bad',
  FAILING: 'bad',
  REJECTED: 'bad',
  INVALID: 'bad',
  LOST: 'bad',
}

/** A status as a word with a colour. The word says it all. */
export function Badge({ status, children }: { status: string; children?: string | undefined }) {
  return <span className={`badge ${tones[status] ?? 'plain'}`}>{children ?? sentence(status)}</span>
}
