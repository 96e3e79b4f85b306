import { z } from 'zod'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import type { Context } from '../../../graphql/context.ts'
import { projectField } from '../../projects/projectField.ts'
import { loadFlagAt, loadWorldAt, requireKnownTime } from '../data/flagAt.ts'
import { type EvaluationProject, loadWorldByKeys } from '../data/loadFlagWorld.ts'
import { startEvaluation } from '../evaluateFlag.ts'
import { type SubjectArguments, subjectArguments, toSubject } from '../evaluationArguments.ts'
import { FlagAnswer, FlagEvaluation } from '../FlagEvaluation.ts'

const maxKeys = 100

const ownArguments = builder.args((t) => ({
  keys: t.stringList({
    required: true,
    description: `The keys of the flags, at most ${maxKeys}, each of at most 400 characters. Case matters.`,
    validate: z.array(boundedText(400)).max(maxKeys, `must hold at most ${maxKeys} keys.`),
  }),
  at: t.field({
    type: 'DateTime',
    description:
      'With each flag and the clock of this time, by its key of now. What a flag depends on is as it is now. A flag that was made later is ' +
      'FLAG_NOT_FOUND. Default, also for null: now. Needs a key with the scope `activity_log:read` too (`FORBIDDEN` otherwise). ' +
      '`BAD_USER_INPUT` for a time in the future, and for one at which not all of each flag is known: see `FeatureFlag.versions`.',
  }),
}))

/** Answers for flags as they were. Each has a world of its own, in which the others are as they are now. */
async function answerAt(context: Context, project: EvaluationProject, keys: readonly string[], at: Date, args: SubjectArguments) {
  const world = await loadWorldByKeys(context, project, keys)
  const flags = await Promise.all(
    keys.map((key) => {
      const flag = world.flagsByKey.get(key)
      return flag === undefined ? null : loadFlagAt(context, flag.id, at, `the flag ${JSON.stringify(key)}`)
    }),
  )
  // A flag that was not made yet does not exist.
  const existing = flags.map((flag) => (flag === null || 'madeAt' in flag ? null : flag))
  const worlds = await Promise.all(existing.map((flag) => (flag === null ? world : loadWorldAt(context, project, flag, at))))
  const evaluations = await Promise.all(worlds.map((one) => startEvaluation(context, one, args)))
  return evaluations.map((evaluation, index) => new FlagAnswer(keys[index] ?? '', project.id, existing[index] ?? null, evaluation))
}

projectField(
  { root: 'evaluateFeatureFlags', onProject: 'evaluateFeatureFlags' },
  {
    type: [FlagEvaluation],
    scope: 'feature_flag:read',
    description:
      'What flags of a project answer for one person, and why, in the order of the keys. The reason for an unknown key is FLAG_NOT_FOUND. The ' +
      'arguments are all that is known of the person and the groups. Nothing is written or counted. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...ownArguments, ...subjectArguments },
    listSize: { assumedSize: maxKeys },
    sizedBy: 'keys',
    resolve: async (project, { keys, at, ...args }, context) => {
      // Checked before anything is read.
      toSubject(args)
      if (at != null) {
        requireKnownTime(context, at)
        return answerAt(context, project, keys, at, args)
      }
      const world = await loadWorldByKeys(context, project, keys)
      const evaluation = await startEvaluation(context, world, args)
      return keys.map((key) => new FlagAnswer(key, project.id, world.flagsByKey.get(key) ?? null, evaluation))
    },
  },
)
