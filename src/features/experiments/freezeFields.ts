import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { Cohort } from '../cohorts/Cohort.ts'
import { cohortLoader } from '../cohorts/data/cohortLoader.ts'
import { freezeBlockersLoader } from './data/exposure/freezeBlockersLoader.ts'
import { Experiment } from './Experiment.ts'
import type { FreezeBlocker as Blocker } from './rules/exposure/freezeBlockers.ts'

const FreezeBlockerKind = builder.enumType('FreezeBlockerKind', {
  description: 'Why the exposure of an experiment cannot be frozen.',
  values: {
    NOT_RUNNING: { description: 'The experiment is a draft or has ended, or its flag is deleted.' },
    PAUSED: { description: 'The experiment is paused.' },
    ALREADY_FROZEN: { description: 'Its exposure is frozen already.' },
    NO_CONDITIONS: { description: 'Its flag has no condition sets, or malformed ones.' },
    GROUP_AGGREGATED: { description: 'Its flag is about groups. A cohort has people.' },
    HAS_HOLDOUT: { description: 'Its flag has a holdout, which is decided before the conditions.' },
    EARLY_ACCESS: { description: 'Its flag has early access, which is decided before the conditions.' },
    TOO_MANY_EXPOSED: { description: 'More people were exposed than the setting `MAX_EXPOSURE_COHORT_SIZE` allows.' },
    NO_EVENTS: { description: 'No event says that anybody was exposed.' },
    CRITERIA_NOT_JUDGED: {
      description:
        'The exposure criteria or the test accounts of the project ask for something that events do not tell, or for more events than may be ' +
        'read. `message` names it.',
    },
  } satisfies Record<Blocker['kind'], { description: string }>,
})

const FreezeBlocker = builder.objectRef<Blocker>('FreezeBlocker').implement({
  description: 'A reason why `freezeExposure` refuses an experiment. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    kind: t.expose('kind', { type: FreezeBlockerKind, description: 'The kind of the reason.' }),
    message: t.exposeString('message', { description: 'The reason in words, as in the error of the mutation.' }),
  }),
})

builder.objectFields(Experiment, (t) => ({
  exposureFrozenAt: t.expose('exposureFrozenAt', {
    type: 'DateTime',
    nullable: true,
    description:
      'When `freezeExposure` froze the exposure. Null when it did not, and when another system did. Whether the exposure is still frozen is in ' +
      '`status`.',
  }),
  exposureCohort: t.field({
    type: Cohort,
    nullable: true,
    description:
      'The people who were exposed when the exposure was frozen. Null when it is not frozen, and when the cohort was not imported or is deleted. ' +
      'Also needs the scope `feature_flag:read` (`FORBIDDEN` otherwise).',
    select: ['exposureCohortId', 'projectId'],
    resolve: async ({ exposureCohortId, projectId }, _args, context) => {
      const cohort = exposureCohortId === null ? null : await cohortLoader(context).load(exposureCohortId)
      // The number may come from another system, and name a cohort of another project here.
      return cohort?.projectId === projectId ? cohort : null
    },
  }),
  freezeBlockers: t.field({
    type: [FreezeBlocker],
    listSize: shortListSize,
    cost: 20,
    description:
      'What keeps the exposure from being frozen now. Empty when `freezeExposure` is possible. A policy may still require approval.',
    select: [],
    resolve: ({ id }, _args, context) => freezeBlockersLoader(context).load(id),
  }),
}))
