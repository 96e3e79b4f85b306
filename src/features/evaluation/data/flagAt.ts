import { requireScope } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { BadUserInputError } from '../../../graphql/errors.ts'
import { loadFlagVersions } from '../../featureFlags/data/flagVersions.ts'
import { toEvaluatedFlag, toFlagValues } from '../rules/flagState.ts'
import { type EvaluatedFlag, type FlagWorld, withFlag } from '../rules/flagWorld.ts'
import { type EvaluationProject, loadWorldOfFlag } from './loadFlagWorld.ts'

// Flags as they were at a time, from their audit trails.

const wrong = (message: string) => new BadUserInputError('at', `Argument 'at' ${message}`)

/**
 * Checks that the viewer may see how flags were at a time.
 *
 * @throws BadUserInputError when the time is in the future
 */
export function requireKnownTime(context: Context, at: Date): void {
  requireScope(context, 'activity_log:read')
  if (at > context.now) throw wrong('must not be in the future.')
}

/** A flag as it was, or when it was made if that was later. */
export type FlagAt = EvaluatedFlag | { madeAt: Date }

/**
 * Loads a flag as it was at a time. The flags of one tick share their statements.
 *
 * @param name names the flag in the message, where there are several
 * @throws BadUserInputError when that is not known
 */
export async function loadFlagAt(context: Context, id: number, at: Date, name = 'the flag'): Promise<FlagAt> {
  const versions = await loadFlagVersions(context, id)
  const version = versions.find(({ createdAt }) => createdAt !== null && createdAt <= at)
  const oldest = versions.at(-1)
  if (version === undefined) {
    if (oldest?.number === 1 && oldest.createdAt !== null) return { madeAt: oldest.createdAt }
    const first = versions.findLast(({ createdAt }) => createdAt !== null)?.createdAt
    throw wrong(
      first == null
        ? `is before all that is known: no version of ${name} has a time.`
        : `must not be before ${first.toISOString()}, as far as ${name} is known.`,
    )
  }
  // A version without a time may have followed this one before the given time.
  const next = versions[versions.indexOf(version) - 1]
  const isLast = next === undefined || next.createdAt !== null
  if (!version.complete || !isLast) {
    const since = versions.findLast(({ complete, createdAt }) => complete && createdAt !== null)?.createdAt
    const known = since == null ? 'no version is known as a whole.' : `versions are known as a whole since ${since.toISOString()}.`
    throw wrong(`names a time at which not all of ${name} is known: ${known}`)
  }
  return toEvaluatedFlag(toFlagValues({ ...version.snapshot, id }))
}

/** @throws BadUserInputError when the flag was not made yet */
export function requireFlagAt(flag: FlagAt): EvaluatedFlag {
  if ('madeAt' in flag) throw wrong(`must not be before ${flag.madeAt.toISOString()}.`)
  return flag
}

/** Loads the world with one flag and the clock as they were. Other flags are as they are now. */
export async function loadWorldAt(context: Context, project: EvaluationProject, flag: EvaluatedFlag, at: Date): Promise<FlagWorld> {
  const world = await loadWorldOfFlag(context, { id: flag.id, project, otherRules: flag.rules })
  return { ...withFlag(world, flag), now: at }
}
