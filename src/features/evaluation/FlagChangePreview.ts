import { hasScope } from '../../auth/scopes.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { FieldErrorType } from '../../graphql/mutationErrorTypes.ts'
import { createRequestBudget } from '../../graphql/requestBudget.ts'
import { DomainError, ValidationError } from '../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../platform/fieldError.ts'
import { ApprovalGuard } from '../approvals/ApprovalGuard.ts'
import { type Guard, loadChangeGuards } from '../approvals/data/guards.ts'
import { FieldChange } from '../approvals/FieldChange.ts'
import { describeFields, type FieldChangeValue, guardableParts } from '../approvals/rules/fieldChanges.ts'
import { wholeFlagLoader } from '../featureFlags/data/flagVersions.ts'
import { type FlagChanges, planChangeOfFlag } from '../featureFlags/data/planFlagChange.ts'
import { FeatureFlag } from '../featureFlags/FeatureFlag.ts'
import { ConditionSetInput, VariantInput } from '../featureFlags/flagInput.ts'
import { projectLoader } from '../projects/Project.ts'
import { ChangeImpact, emptyImpact, type Impact, loadImpact } from './ChangeImpact.ts'
import { checkSample, ImpactSampleInput } from './impactSample.ts'
import { withChanges } from './rules/flagState.ts'

interface Preview {
  changes: FieldChangeValue[]
  guards: Guard[]
  impact: Impact
  fieldErrors: readonly FieldError[]
}

/** Each preview checks its change by statements of its own. */
const maxPreviews = 10
const countPreviews = createRequestBudget(() => ({ previews: 0 }))

const FeatureFlagChangeInput = builder.inputType('FeatureFlagChangeInput', {
  description: 'A change of a flag. A field that is missing or null stays as it is. Its fields are as in `updateFeatureFlag`.',
  fields: (t) => ({
    active: t.boolean({ description: 'Whether the flag is on.' }),
    rolloutPercentage: t.float({
      description: 'The share of each condition set of the flag, in percent: 0 to 100. Not together with `conditions`.',
    }),
    conditions: t.field({
      type: [ConditionSetInput],
      description: 'All condition sets of the flag, in order: at most 100. Replaces the list; an empty one leaves none.',
    }),
    addConditions: t.field({
      type: [ConditionSetInput],
      description: 'Condition sets to add after those of the flag: at most 100. Not together with `conditions`.',
    }),
    variants: t.field({
      type: [VariantInput],
      description: 'All variants of the flag, in order: at most 100. Replaces the list; an empty one makes the flag boolean.',
    }),
    payload: t.field({
      type: 'JSON',
      description: 'The data that applications get with a flag without variants: any JSON but null, at most 64 KiB.',
    }),
  }),
})

const FlagChangePreview = builder.objectRef<Preview>('FlagChangePreview').implement({
  description:
    'What a change of a flag would do. Nothing is written, and no approval is asked for. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    changes: t.field({
      type: [FieldChange],
      listSize: shortListSize,
      description: 'What it would set, field by field. Those that policies can guard are marked. Empty when nothing would change.',
      resolve: ({ changes }) => changes,
    }),
    guards: t.field({
      type: [ApprovalGuard],
      listSize: shortListSize,
      description:
        'The policies that guard this change, those that the viewer bypasses last. With two or more that the viewer does not bypass, the ' +
        'change is refused as a whole: make it in parts.',
      resolve: ({ guards }) => guards,
    }),
    impact: t.field({
      type: ChangeImpact,
      description: 'What it would do to people. With `fieldErrors`, it is that of no change: nobody was judged.',
      resolve: ({ impact }) => impact,
    }),
    fieldErrors: t.field({
      type: [FieldErrorType],
      listSize: shortListSize,
      description: 'Why `updateFeatureFlag` would refuse the change. The paths are in `change`. Empty when it is possible.',
      resolve: ({ fieldErrors }) => [...fieldErrors],
    }),
  }),
})

builder.objectField(FeatureFlag, 'preview', (t) =>
  t.field({
    type: FlagChangePreview,
    // It judges up to a thousand people twice.
    cost: 50,
    description:
      'What a change of the flag would do, by the code of `updateFeatureFlag`: the changed fields, who must consent, and the impact on ' +
      'people. A change that is not possible gives `fieldErrors`. `BAD_USER_INPUT` names the wrong argument. `OPERATION_TOO_EXPENSIVE` for ' +
      `more than ${maxPreviews} previews in one request.`,
    args: {
      change: t.arg({ type: FeatureFlagChangeInput, required: true, description: 'The change.' }),
      sample: t.arg({
        type: ImpactSampleInput,
        description:
          'For whom it is judged. Default, also for null: `recent: 200`, or `synthetic: 1000` where recent events tell of nobody.',
      }),
    },
    select: ['id', 'projectId'],
    resolve: async ({ id, projectId }, args, context) => {
      const sample = checkSample(args.sample)
      const count = countPreviews(context)
      count.previews++
      if (count.previews > maxPreviews) {
        throw new OperationTooExpensiveError(`The request asks for more than ${maxPreviews} previews. Ask for fewer flags at once.`)
      }
      const [flag, project] = await Promise.all([wholeFlagLoader(context).load(id), projectLoader(context).load(projectId)])
      // This cannot happen: the viewer sees the flag, so also its project.
      if (flag === null || project === null) throw new Error(`Flag ${id} disappeared while it was read.`)
      const changes = Object.fromEntries(Object.entries(args.change).filter(([, value]) => value != null)) as Omit<FlagChanges, 'id'>
      const viewer = requireViewer(context)
      const showsExperiments = hasScope(viewer.scopes, 'experiment:read')
      try {
        const plan = await planChangeOfFlag(context.db, { ...viewer, now: context.now }, { ...flag, project }, changes, noLock, {
          showsExperiments,
        })
        if (plan.flag === null) return { ...nothing, fieldErrors: [] }
        const values = Object.entries(plan.flag.changedValues).map(([path, { after }]) => [path, after] as const)
        const [guards, impact] = await Promise.all([
          loadChangeGuards(context, project, id, plan.flag),
          loadImpact(context, { id, projectId }, withChanges(flag, Object.fromEntries(values)), sample),
        ])
        return { changes: describeFields(plan.before, plan.after, guardableParts.FEATURE_FLAG ?? []), guards, impact, fieldErrors: [] }
      } catch (problem) {
        if (!(problem instanceof DomainError)) throw problem
        return { ...nothing, fieldErrors: toFieldErrors(problem) }
      }
    },
  }),
)

const nothing = { changes: [], guards: [], impact: emptyImpact }
/** Nothing is written, so nothing must stay as it is. */
const noLock = () => Promise.resolve()

/** An error that is not of one field is one of switching the flag: nothing else in the input depends on its state. */
function toFieldErrors(problem: DomainError): readonly FieldError[] {
  return problem instanceof ValidationError ? problem.fieldErrors : [fieldError(['active'], problem.message)]
}
