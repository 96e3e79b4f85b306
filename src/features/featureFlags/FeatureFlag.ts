import { Prisma } from '../../database/generated/client.ts'
import { boundedText } from '../../graphql/argumentLimits.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { Blocker } from '../../graphql/mutationErrorTypes.ts'
import { encodeGlobalId, integerIdPattern, nodeIdPatterns } from '../../platform/globalId.ts'
import { activityField } from '../activityLog/activityField.ts'
import { ApprovalGuard } from '../approvals/ApprovalGuard.ts'
import { pendingChangeRequestsField } from '../approvals/changeRequestConnection.ts'
import { loadGuards } from '../approvals/data/guards.ts'
import { coveringHoldoutsSql } from '../approvals/data/lists/coveringHoldouts.ts'
import { Project } from '../projects/Project.ts'
import { userField } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { evaluationContextsField } from './data/evaluationContexts.ts'
import { type FlagRow, flagLoader, loadFilters, readsFilters } from './data/flagLoaders.ts'
import { loadDeletionBlockers } from './data/flagUses.ts'
import { ExperimentEligibility, toEligibility, toEligibilityWithBaseline } from './eligibility.ts'
import { type FlagVariant, getRolloutPercentage, getVariants } from './rules/variants.ts'

nodeIdPatterns.set('FeatureFlag', integerIdPattern)

export const EvaluationRuntime = builder.enumType('EvaluationRuntime', {
  description: 'The kinds of libraries that may evaluate a flag.',
  values: {
    SERVER: { value: 'server', description: 'Only server-side libraries.' },
    CLIENT: { value: 'client', description: 'Only client-side libraries: browsers and apps.' },
    ALL: { value: 'all', description: 'All libraries.' },
  } as const,
})

/**
 * Loads a flag that the viewer may see. Returns null for any other id.
 *
 * @throws ForbiddenError when the key does not hold the scope `feature_flag:read`
 */
export function loadFlag(context: Context, id: number): Promise<FlagRow | null> {
  // The scope is checked first, so that a key without it cannot find out which flags exist.
  requireScope(context, 'feature_flag:read')
  return flagLoader(context).load(id)
}

export const FeatureFlag = builder.loadableNodeRef('FeatureFlag', {
  id: { resolve: (flag) => flag.id, parse: Number },
  load: async (ids: number[], context: Context): Promise<FlagRow[]> => {
    const rows = await Promise.all(ids.map((id) => loadFlag(context, id)))
    return rows.filter((row) => row !== null)
  },
  toKey: (flag) => flag.id,
  sort: true,
})

const Variant = builder.objectRef<FlagVariant>('Variant').implement({
  description: 'One of the values that a multivariate flag may return. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    key: t.exposeString('key', {
      description:
        'The value that the flag returns. Unique within the flag. The baseline of an experiment is `control`, unless it names another variant.',
    }),
    name: t.exposeString('name', { nullable: true, description: 'The display name. Null when there is none.' }),
    rolloutPercentage: t.exposeFloat('rolloutPercentage', {
      description:
        'The share of people who get the variant, in percent: 0 to 100. It is 0 when none is stored, and when the stored one is no number ' +
        'from 0 to 100. The shares of all variants add up to 100, unless the stored ones do not.',
    }),
    payload: t.expose('payload', {
      type: 'JSON',
      nullable: true,
      description:
        'The decoded data that applications get with the variant. Text that is not JSON is returned as a string. Null when there is none.',
    }),
  }),
})

FeatureFlag.implement({
  description: 'A feature flag: a named switch that applications evaluate for a person. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The flag's number, as in the URLs of the REST API." }),
    project: t.field({
      type: Project,
      description: 'The project of the flag.',
      select: ['projectId'],
      resolve: (flag) => flag.projectId,
    }),
    projectId: t.id({
      description: 'The global id of the project. With `key`, it identifies the flag for other subgraphs.',
      select: ['projectId'],
      resolve: (flag) => encodeGlobalId('Project', flag.projectId),
    }),
    key: t.exposeString('key', {
      description:
        'The name that applications use for the flag: 1 to 400 letters, digits, hyphens and underscores; imported flags can have other characters. Unique among the flags of the ' +
        'project that are not deleted. The key of a deleted flag may end in `:deleted:` and its number.',
    }),
    name: t.exposeString('name', { description: 'What the flag is for, in plain words. May be empty.' }),
    active: t.exposeBoolean('active', { description: 'Whether the flag is on. A flag that is off returns false for everybody.' }),
    archived: t.exposeBoolean('archived', { description: 'Whether the flag is archived. An archived flag is never active.' }),
    deleted: t.exposeBoolean('deleted', {
      description: 'Whether the flag is deleted. Lists hide deleted flags unless they are asked for. They can still be read by id.',
    }),
    version: t.exposeInt('version', {
      description: 'The version number. It starts at 1 and grows by 1 with each change. 0: the flag is older than the versions of PostHog.',
    }),
    filters: t.field({
      type: 'JSON',
      description:
        'The rules for who gets which variant, in the form of the REST API: `groups` (condition sets), `multivariate`, `payloads` and more. ' +
        'Null stands for a missing key, except in the `aggregation_group_type_index` of a condition set: null means people, and a missing ' +
        'one means the group type of the flag. Always an object. Its content is returned as it is stored, so it may be malformed. `********* (encrypted)` replaces each encrypted payload.',
      ...readsFilters,
      resolve: (flag, _args, context) => loadFilters(context, flag),
    }),
    variants: t.field({
      type: [Variant],
      listSize: shortListSize,
      description: 'The variants of a multivariate flag, in order. Empty for a boolean flag. Entries without a key are left out.',
      ...readsFilters,
      resolve: async (flag, _args, context) => getVariants(await loadFilters(context, flag)),
    }),
    rolloutPercentage: t.float({
      nullable: true,
      description:
        'The rollout percentage of the condition sets, in percent: 0 to 100. It is the percentage of the only set, or the one that all ' +
        'sets share. Null when the sets differ, there is none, or a stored one is no number from 0 to 100. A set without a percentage, or ' +
        'with null, counts as 100.',
      ...readsFilters,
      resolve: async (flag, _args, context) => getRolloutPercentage(await loadFilters(context, flag)),
    }),
    evaluationRuntime: t.expose('evaluationRuntime', {
      type: EvaluationRuntime,
      description: 'The kinds of libraries that may evaluate the flag.',
    }),
    evaluationContexts: t.stringList({
      description:
        'The evaluation contexts of the flag, in lower case and ordered by code point. Empty when it may be evaluated in any context.',
      ...evaluationContextsField,
    }),
    tags: t.exposeStringList('tags', { description: 'Labels that the organization chooses. They are not evaluation contexts.' }),
    ensureExperienceContinuity: t.exposeBoolean('ensureExperienceContinuity', {
      description: 'Whether people keep the value from before they logged in.',
    }),
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'The user who created the flag. Null when the account no longer exists.',
      ...userField('createdById'),
    }),
    lastModifiedBy: t.field({
      type: User,
      nullable: true,
      description: 'The user who last changed the flag. Null when nobody did, or the account no longer exists.',
      ...userField('lastModifiedById'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the flag was created.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the flag was last changed. Null when it never was.',
    }),
    approvalGuards: t.field({
      type: [ApprovalGuard],
      listSize: shortListSize,
      description:
        'The policies that can guard an edit of the flag as it is now: switching it, changing its percentages or conditions, deleting or ' +
        'restoring it. A policy of the project comes before that of the organization for the same action. Empty when nothing needs approval.',
      select: ['projectId', 'active', 'archived', 'deleted'],
      resolve: (flag, _args, context) => loadGuards(context, flag),
    }),
    deletionBlockers: t.field({
      type: [Blocker],
      listSize: shortListSize,
      description:
        'What keeps `deleteFeatureFlag` from deleting the flag: draft and running experiments, early access features, replay settings, and, ' +
        'while the flag is on, the active flags that depend on it. At most 100 of each. Also an open change request for the deletion, if a ' +
        'policy guards it for the viewer: the mutation returns a `ChangeRequestPendingError` then. Empty for a deleted flag.',
      select: [],
      resolve: (flag, _args, context) => loadDeletionBlockers(context, flag),
    }),
    experimentEligibility: t.field({
      type: ExperimentEligibility,
      description:
        'Whether an experiment may use the flag, and the reasons if not. Without `baselineVariantKey`, the same rule decides which flags ' +
        '`eligibleFeatureFlags` lists.',
      args: {
        baselineVariantKey: t.arg.string({
          description:
            'The baseline of the experiment: at most 400 characters. Then the flag must have a variant with this key, at any place. ' +
            'Default, also for null: the first variant must be `control`.',
          validate: boundedText(400).nullish(),
        }),
      },
      select: ['ineligibility'],
      resolve: async (flag, { baselineVariantKey }, context) =>
        baselineVariantKey == null
          ? toEligibility(flag)
          : toEligibilityWithBaseline(flag.ineligibility, await loadFilters(context, flag), baselineVariantKey),
    }),
  }),
})

activityField(
  FeatureFlag,
  Prisma.sql`a.feature_flag_id`,
  'The activity entries of this flag, including those of its experiments that changed it',
)

pendingChangeRequestsField(
  FeatureFlag,
  {
    from: Prisma.sql`(
      SELECT r.*, r.feature_flag_id AS concerned FROM change_requests r
      UNION ALL
      SELECT r.*, f.id FROM feature_flags f CROSS JOIN LATERAL (${coveringHoldoutsSql}) AS h
      JOIN change_requests r ON r.project_id = f.project_id AND r.resource_type = 'EXPERIMENT_HOLDOUT' AND r.resource_id = h.id
    ) AS c`,
    parent: Prisma.sql`c.concerned`,
  },
  'The open change requests that would change this flag, for the flag itself, for an experiment or for a holdout, the newest first. Needs a ' +
    'key with the scope `approvals:read`. Without it, leave the field out: its error makes the nearest nullable parent null.',
)
