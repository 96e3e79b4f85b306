import type { EvaluatedCohort } from './cohorts.ts'
import type { FlagRules } from './flagRules.ts'
import type { MatchContext } from './matchProperty.ts'

/** A flag as it is evaluated. */
export interface EvaluatedFlag {
  id: number
  key: string
  active: boolean
  deleted: boolean
  /** Whether people are divided by their device. */
  byDevice: boolean
  rules: FlagRules
}

/** The flags of a project that are asked for, and what they depend on. */
export interface FlagWorld extends Omit<MatchContext, 'work'> {
  flagsById: ReadonlyMap<string, EvaluatedFlag>
  /** Without deleted flags. */
  flagsByKey: ReadonlyMap<string, EvaluatedFlag>
  cohorts: ReadonlyMap<number, EvaluatedCohort>
  /** The names of group types, by index. If there are none, the index itself is the name. */
  groupTypeNames: ReadonlyMap<number, string>
}

interface Parts extends Omit<FlagWorld, 'flagsById' | 'flagsByKey' | 'cohorts'> {
  flags: readonly EvaluatedFlag[]
  cohorts: readonly EvaluatedCohort[]
}

/** A world in which one flag is otherwise. */
export function withFlag(world: FlagWorld, flag: EvaluatedFlag): FlagWorld {
  const id = String(flag.id)
  const others = [...world.flagsByKey].filter(([, one]) => one.id !== flag.id)
  return {
    ...world,
    flagsById: new Map(world.flagsById).set(id, flag),
    flagsByKey: new Map([...others, ...(flag.deleted ? [] : [[flag.key, flag] as const])]),
  }
}

export function createFlagWorld({ flags, cohorts, ...rest }: Parts): FlagWorld {
  return {
    ...rest,
    flagsById: new Map(flags.map((flag) => [String(flag.id), flag])),
    flagsByKey: new Map(flags.flatMap((flag) => (flag.deleted ? [] : [[flag.key, flag]]))),
    cohorts: new Map(cohorts.map((cohort) => [cohort.id, cohort])),
  }
}
