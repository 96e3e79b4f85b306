import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { createRequestBudget } from '../../graphql/requestBudget.ts'
import { FeatureFlag } from '../featureFlags/FeatureFlag.ts'
import { projectLoader } from '../projects/Project.ts'
import { loadFlagAt, loadWorldAt, requireFlagAt, requireKnownTime } from './data/flagAt.ts'
import { loadStaticCohorts, loadWorldOfFlag } from './data/loadFlagWorld.ts'
import { type SubjectArguments, subjectArguments, toSubject } from './evaluationArguments.ts'
import { FlagAnswer, FlagEvaluation } from './FlagEvaluation.ts'
import { Evaluation } from './rules/evaluation.ts'
import type { FlagWorld } from './rules/flagWorld.ts'

/** How many steps all comparisons and searches of a request may take. That many take some tens of milliseconds. */
const maxSteps = 2_000_000
const requestWork = createRequestBudget(() => ({ steps: maxSteps }))

/** Starts the evaluation of the flags of a world for one person. */
export async function startEvaluation(context: Context, world: FlagWorld, args: SubjectArguments): Promise<Evaluation> {
  const subject = toSubject(args)
  const staticCohortIds = await loadStaticCohorts(context, world, args.distinctId)
  return new Evaluation(world, { ...subject, staticCohortIds }, requestWork(context))
}

builder.objectField(FeatureFlag, 'evaluate', (t) =>
  t.field({
    type: FlagEvaluation,
    description:
      'What the flag answers for one person, and why. The arguments are all that is known of the person and the groups. The clock and the ' +
      'time zone are those of the project. Nothing is written or counted. `BAD_USER_INPUT` names the wrong argument.',
    args: {
      ...subjectArguments,
      at: t.arg({
        type: 'DateTime',
        description:
          'With the flag and the clock of this time. Other flags, cohorts and the project are as they are now. Default, also for null: now. ' +
          'Needs a key with the scope `activity_log:read` too (`FORBIDDEN` otherwise). `BAD_USER_INPUT` for a time in the future, and for ' +
          'one at which not all of the flag is known: see `versions`.',
      }),
    },
    select: ['id', 'projectId', 'key'],
    resolve: async ({ id, projectId, key }, { at, ...args }, context) => {
      // Checked before anything is read.
      toSubject(args)
      if (at != null) requireKnownTime(context, at)
      const [project, then] = await Promise.all([
        projectLoader(context).load(projectId),
        at == null ? undefined : loadFlagAt(context, id, at),
      ])
      // This cannot happen: the viewer sees the flag, so also its project.
      if (project === null) throw new Error(`Project ${projectId} disappeared while it was read.`)
      if (at != null && then !== undefined) {
        const flag = requireFlagAt(then)
        return new FlagAnswer(
          flag.key,
          projectId,
          flag,
          await startEvaluation(context, await loadWorldAt(context, project, flag, at), args),
        )
      }
      const world = await loadWorldOfFlag(context, { id, project })
      const flag = world.flagsById.get(String(id)) ?? null
      return new FlagAnswer(key, projectId, flag, await startEvaluation(context, world, args))
    },
  }),
)
