import type { PropertyCondition } from '../../featureFlags/rules/conditions.ts'
import type { Decision, Evaluation } from './evaluation.ts'
import type { EvaluatedFlag } from './flagWorld.ts'

/** What a flag answers: null for off, the key of a variant, or an empty text for on without a variant. */
export type Answer = string | null

export const toAnswer = ({ enabled, variant }: Pick<Decision, 'enabled' | 'variant'>): Answer => (enabled ? (variant ?? '') : null)

type Answers = ReadonlySet<Answer>
const off: Answers = new Set([null])

/**
 * Returns what a flag can answer an id of which no property is known, nor in which cohorts it is. With one answer, the id decides. There may be
 * fewer answers than this finds, but never more.
 */
export function possibleAnswers(evaluation: Evaluation, flag: EvaluatedFlag): Answers {
  const found = new Map<EvaluatedFlag, Answers>()
  // Each flag comes after those that it depends on.
  for (const one of [...evaluation.dependenciesOf(flag), flag]) found.set(one, answersOf(evaluation, one, found))
  return found.get(flag) ?? off
}

function answersOf(evaluation: Evaluation, flag: EvaluatedFlag, found: ReadonlyMap<EvaluatedFlag, Answers>): Answers {
  const decision = evaluation.decide(flag)
  const { rules } = flag
  if (rules.isMalformed || decision.reason === 'FLAG_DISABLED' || decision.reason === 'MISSING_DEPENDENCY') return off
  const answers = new Set<Answer>()
  // Whether somebody has opted in to early access, or out of it, is not known.
  if (rules.featureEnrollment || rules.superCondition !== null) answers.add('').add(null)
  if (decision.reason === 'HOLDOUT_CONDITION_VALUE') return answers.add(toAnswer(decision))
  for (const set of rules.conditions.sets) {
    if (set.problem !== null) continue
    if (set.groupTypeIndex !== null && evaluation.bucketingId(flag, set.groupTypeIndex) === null) continue
    const outcomes = set.properties.map((property) => outcomesOf(evaluation, property, found))
    if (outcomes.some((possible) => !possible.includes(true))) continue
    const isCertain = outcomes.every((possible) => !possible.includes(false))
    if (evaluation.isInside(flag, set)) {
      answers.add(toAnswer(evaluation.decisionOf(flag, set)))
      if (isCertain) return answers
    } else if (rules.earlyExit) {
      answers.add(null)
      if (isCertain) return answers
    }
  }
  return answers.add(null)
}

/** Whether a condition may hold, and whether it may not. */
function outcomesOf(
  evaluation: Evaluation,
  { kind, key, value }: PropertyCondition,
  found: ReadonlyMap<EvaluatedFlag, Answers>,
): boolean[] {
  const flag = kind === 'FLAG' ? evaluation.findFlag(key) : null
  const answers = flag === null ? undefined : found.get(flag)
  if (answers === undefined) return [true, false]
  return [...answers].map((answer) => (typeof value === 'string' ? answer !== '' && answer === value : value === (answer !== null)))
}
