import type { ExperimentStatus } from '../generated/graphql.ts'

export interface Vitals {
  tone: 'good' | 'wait' | 'plain'
  text: string
}

/**
 * What the page knows of the health of an experiment under way: whether its flag is called at all.
 * It says nothing about results, because the API has none yet.
 */
export function vitals({
  status,
  featureFlag,
}: {
  status: ExperimentStatus
  featureFlag?: { archived: boolean; usage: { calls: number } | null }
}): Vitals {
  if (featureFlag?.archived === true) return { tone: 'wait', text: 'Its flag is archived' }
  if (status === 'PAUSED') return { tone: 'wait', text: 'Paused: its flag is off' }
  if (featureFlag === undefined) return { tone: 'plain', text: 'Not known without feature_flag:read' }
  if (featureFlag.usage === null) return { tone: 'plain', text: 'Not known: no calls are stored' }
  if (featureFlag.usage.calls === 0) return { tone: 'wait', text: 'No calls: is the flag in use?' }
  if (status === 'EXPOSURE_FROZEN') return { tone: 'good', text: 'Called, nobody new gets in' }
  return { tone: 'good', text: 'Called' }
}
