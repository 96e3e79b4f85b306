import { Prisma } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { encodeGlobalId, integerIdPattern, nodeIdPatterns } from '../../platform/globalId.ts'
import { activityField } from '../activityLog/activityField.ts'
import { pendingChangeRequestsField } from '../approvals/changeRequestConnection.ts'
import { Project } from '../projects/Project.ts'
import { userField } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { evaluationContextsField } from './data/evaluationContexts.ts'
import { type FlagRow, flagLoader, loadFilters, readsFilters } from './data/flagLoaders.ts'
import { ExperimentEligibility, toEligibility } from './eligibility.ts'
import { type FlagVariant, getRolloutPercentage, getVariants } from './rules/variants.ts'

nodeIdPatterns.set('FeatureFlag', integerIdPattern)

export const EvaluationRuntime = builder.enumType('EvaluationRuntime', {
  description: 'Where a flag may be evaluated.',
  values: {
    SERVER: { value: 'server', description: 'Only in server-side libraries.' },
    CLIENT: { value: 'client', description: 'Only in browsers and apps.' },
    ALL: { value: 'all', description: 'Everywhere.' },
  } as const,
})

/** A flag that the viewer may see; null for any other. */
export function loadFlag(context: Context, id: number): Promise<FlagRow | null> {
  // Asked before the row is: who may read no flags learns nothing of which there are.
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
  description: 'One of the things a multivariate flag may answer. Needs a key with the scope `feature_flag:read`, as its flag does.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    key: t.exposeString('key', { description: "The answer itself; unique in its flag. An experiment's baseline is `control`." }),
    name: t.exposeString('name', { nullable: true, description: 'What people call it.' }),
    rolloutPercentage: t.exposeFloat('rolloutPercentage', {
      description:
        'The share of people who get it, in per cent: 0 to 100; 0 where none is stored. The shares of all variants add up to 100, unless ' +
        'they were stored otherwise.',
    }),
    payload: t.expose('payload', {
      type: 'JSON',
      nullable: true,
      description: 'What is delivered with the answer, decoded; text that is not JSON comes as a string. Null when there is none.',
    }),
  }),
})

FeatureFlag.implement({
  description: `A feature flag: a named question that applications ask about a person. Needs a key with the scope \`feature_flag:read\`.`,
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The flag's number, as it stands in the REST API's URLs." }),
    project: t.field({
      type: Project,
      description: 'The project it belongs to.',
      select: ['projectId'],
      resolve: (flag) => flag.projectId,
    }),
    projectId: t.id({
      description: 'The global id of the project it belongs to; together with `key`, what other subgraphs may know a flag by.',
      select: ['projectId'],
      resolve: (flag) => encodeGlobalId('Project', flag.projectId),
    }),
    key: t.exposeString('key', {
      description:
        'The name that applications ask for: 1 to 400 letters, digits, hyphens and underscores, unique among the flags of the project ' +
        'that are not deleted. The key of a deleted flag may end in `:deleted:` and its number.',
    }),
    name: t.exposeString('name', { description: "What the flag is for, in people's words; may be empty." }),
    active: t.exposeBoolean('active', { description: 'Whether it is switched on. One that is off answers false to everybody.' }),
    archived: t.exposeBoolean('archived', { description: 'Whether it is put away. An archived flag is never active.' }),
    deleted: t.exposeBoolean('deleted', {
      description: 'Whether it is deleted. Deleted flags are in no list, and can still be read by id.',
    }),
    version: t.exposeInt('version', { description: 'Counts the changes of the flag, from 1.' }),
    filters: t.field({
      type: 'JSON',
      description:
        'Who gets which answer, as the REST API has it: `groups` (condition sets), `multivariate`, `payloads` and more. Always an object; ' +
        'what is in it is as it was stored, which may be malformed. Encrypted payloads are left out: `********* (encrypted)`.',
      ...readsFilters,
      resolve: (flag, _args, context) => loadFilters(context, flag),
    }),
    variants: t.field({
      type: [Variant],
      description: 'The answers of a multivariate flag, in order; empty for a boolean flag. Entries without a key are left out.',
      ...readsFilters,
      resolve: async (flag, _args, context) => getVariants(await loadFilters(context, flag)),
    }),
    rolloutPercentage: t.float({
      nullable: true,
      description:
        'The share of people whom its condition sets let in, in per cent: 0 to 100. Of the only set, or the one that all sets share; null ' +
        'when they differ or there is none. A set that names no percentage lets in everybody: 100.',
      ...readsFilters,
      resolve: async (flag, _args, context) => getRolloutPercentage(await loadFilters(context, flag)),
    }),
    evaluationRuntime: t.expose('evaluationRuntime', { type: EvaluationRuntime, description: 'Where it may be evaluated.' }),
    evaluationContexts: t.stringList({
      description: 'The contexts it may be evaluated in, in lower case and ordered by code point; empty when it may be evaluated in any.',
      ...evaluationContextsField,
    }),
    tags: t.exposeStringList('tags', { description: "The organization's own labels; not evaluation contexts." }),
    ensureExperienceContinuity: t.exposeBoolean('ensureExperienceContinuity', {
      description: 'Whether a person keeps the answer they had before they logged in.',
    }),
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'Who made it; null when the account is gone.',
      ...userField('createdById'),
    }),
    lastModifiedBy: t.field({
      type: User,
      nullable: true,
      description: 'Who changed it last; null when nobody did, or the account is gone.',
      ...userField('lastModifiedById'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was changed last; null when it never was.',
    }),
    experimentEligibility: t.field({
      type: ExperimentEligibility,
      description: 'Whether an experiment may use it, and why not. The same rule decides what `eligibleFeatureFlags` lists.',
      select: ['ineligibility'],
      resolve: toEligibility,
    }),
  }),
})

activityField(FeatureFlag, Prisma.sql`a.feature_flag_id`, 'What was done to this flag, also through its experiments')

pendingChangeRequestsField(
  FeatureFlag,
  { from: Prisma.sql`change_requests c`, parent: Prisma.sql`c.feature_flag_id` },
  'The open requests to change this flag, whatever they were asked of, the newest first. Needs a key with the scope `approvals:read`; without ' +
    'it the null rises to the list the flag stands in, so do not select it then.',
)
