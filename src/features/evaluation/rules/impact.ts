import { leavesOf } from './cohorts.ts'
import { Evaluation } from './evaluation.ts'
import type { FlagWorld } from './flagWorld.ts'
import type { MatchContext } from './matchProperty.ts'
import { type Answer, possibleAnswers, toAnswer } from './possibleAnswers.ts'
import type { Subject } from './subject.ts'

// Compares what a flag answers as it is and as it would be, for the same people.

export interface ImpactCounts {
  sampled: number
  undecided: number
  unchanged: number
  turnedOn: number
  turnedOff: number
  otherVariant: number
  /** The most frequent first. */
  moves: { from: Answer; to: Answer; count: number }[]
}

/** How much one request may still do: conditions to judge, and steps of comparisons. */
export interface ImpactWork {
  conditions: number
  comparisons: MatchContext['work']
}

export const noImpact: ImpactCounts = { sampled: 0, undecided: 0, unchanged: 0, turnedOn: 0, turnedOff: 0, otherVariant: 0, moves: [] }

/**
 * Judges a flag for people, in two worlds. Those that there is no work left for are left out, or undecided.
 *
 * @param onlyIds whether nothing but an id is known of each person
 */
export function compareWorlds(
  [before, after]: readonly [FlagWorld, FlagWorld],
  flagId: number,
  subjects: readonly Subject[],
  onlyIds: boolean,
  work: ImpactWork,
): ImpactCounts {
  const perPerson = countConditions(before, flagId) + countConditions(after, flagId)
  const sample = subjects.slice(0, Math.max(0, Math.floor(work.conditions / perPerson)))
  work.conditions -= sample.length * perPerson
  const counts = { ...noImpact, sampled: sample.length }
  const moves = new Map<string, { from: Answer; to: Answer; count: number }>()
  for (const subject of sample) {
    const from = answerIn(before, flagId, subject, onlyIds, work)
    const to = answerIn(after, flagId, subject, onlyIds, work)
    if (from === undefined || to === undefined || work.comparisons.steps <= 0) counts.undecided++
    else if (from === to) counts.unchanged++
    else {
      if (from === null) counts.turnedOn++
      else if (to === null) counts.turnedOff++
      else counts.otherVariant++
      const name = JSON.stringify([from, to])
      const move = moves.get(name) ?? { from, to, count: 0 }
      moves.set(name, { ...move, count: move.count + 1 })
    }
  }
  return { ...counts, moves: [...moves.values()].sort((a, b) => b.count - a.count) }
}

/** Undefined when it is not certain. */
function answerIn(world: FlagWorld, flagId: number, subject: Subject, onlyIds: boolean, work: ImpactWork): Answer | undefined {
  const flag = world.flagsById.get(String(flagId))
  if (flag === undefined) return null
  const evaluation = new Evaluation(world, subject, work.comparisons)
  if (!onlyIds) return toAnswer(evaluation.decide(flag))
  const [answer, ...others] = possibleAnswers(evaluation, flag)
  return others.length > 0 ? undefined : answer
}

/** How many conditions one person may be judged by. */
function countConditions(world: FlagWorld, flagId: number): number {
  const flag = world.flagsById.get(String(flagId))
  const nobody: Subject = { distinctId: '', groups: {}, personProperties: {}, groupProperties: {}, staticCohortIds: new Set() }
  const flags = flag === undefined ? [] : [flag, ...new Evaluation(world, nobody, { steps: 0 }).dependenciesOf(flag)]
  const sets = flags.flatMap(({ rules }) => rules.conditions.sets)
  const leaves = [...world.cohorts.values()].map(({ rule }) => leavesOf(rule).length)
  return flags.length + sets.reduce((sum, { properties }) => sum + 1 + properties.length, 0) + leaves.reduce((sum, count) => sum + count, 0)
}
