import { operation } from '../../../commands/registry.ts'
import { lockFlag } from '../../../commands/rowLocks.ts'
import type { FeatureFlag as FlagRow, Prisma } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { InvalidStateRefusal, refuseFaults } from '../../../platform/domainErrors.ts'
import { type Fault, fault } from '../../../platform/fieldError.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerFlag } from '../data/answerFlag.ts'
import { refuseWhileDependedOn } from '../data/dependentFlags.ts'
import { keyAfter, takenKeyFaults } from '../data/flagKey.ts'
import { type FlagPatch, planFlag } from '../data/planFlagUpdate.ts'
import { removedVariantFaults } from '../data/removedVariants.ts'
import { storedContexts, writeContexts } from '../data/writeContexts.ts'
import { EvaluationRuntime, FeatureFlag } from '../FeatureFlag.ts'
import { secretFaults, withSecrets } from '../rules/encryptedPayloads.ts'
import { normalisedFilters } from '../rules/normalizeFilters.ts'
import { filterFaults } from '../rules/validateFilters.ts'
import { contextNames, distinctTags, flagFaults } from '../rules/validateFlag.ts'

/** What is to be set; what is missing stays. */
interface UpdateFlag {
  id: number
  version?: number
  key?: string
  name?: string
  filters?: Prisma.JsonValue
  active?: boolean
  archived?: boolean
  deleted?: boolean
  evaluationRuntime?: FlagRow['evaluationRuntime']
  evaluationContexts?: string[]
  tags?: string[]
  ensureExperienceContinuity?: boolean
}

const updateFeatureFlag = operation<UpdateFlag>({
  name: 'updateFeatureFlag',
  plan: async (tx, actor, { id, version, ...given }) => {
    const flag = await lockFlag(tx, actor, id)
    const stored = flag.filters as Prisma.JsonObject
    const filters = given.filters === undefined ? undefined : withSecrets(flag, given.filters)
    refuseFaults([
      ...flagFaults(given),
      ...(await takenKeyFaults(tx, flag, given)),
      ...(filters === undefined
        ? []
        : filterFaults(filters, stored).map(({ path, code, message }) => fault(['filters', ...path], message, code))),
      ...secretFaults(flag, filters),
      ...stateFaults(flag, given),
    ])
    const becomes = filters === undefined ? undefined : (normalisedFilters(filters as Prisma.JsonObject, stored) as Prisma.InputJsonObject)
    refuseFaults([
      ...(await deletionFaults(tx, flag, given)),
      ...(becomes === undefined ? [] : await removedVariantFaults(tx, flag, becomes, ['filters', 'multivariate', 'variants'])),
    ])
    if (flag.active && (given.active === false || (given.deleted === true && !flag.deleted))) await refuseWhileDependedOn(tx, flag)

    const contexts = given.evaluationContexts === undefined ? undefined : contextNames(given.evaluationContexts)
    const { filters: _, evaluationContexts: __, tags, ...columns } = given
    const patch: FlagPatch = {
      ...columns,
      ...keyAfter(flag, given),
      ...(tags === undefined ? {} : { tags: distinctTags(tags) }),
      ...(becomes === undefined ? {} : { filters: becomes }),
    }
    const had = contexts === undefined ? undefined : await storedContexts(tx, id)
    const planned = planFlag(actor, flag, patch, {
      given: Object.keys((filters as Prisma.JsonObject | undefined) ?? {}),
      callersVersion: version === undefined || version === flag.version ? null : version,
      also: {
        before: had === undefined ? {} : { evaluationContexts: had },
        after: contexts === undefined ? {} : { evaluationContexts: contexts },
      },
    })
    return {
      project: flag.project,
      resource: { type: 'FEATURE_FLAG', id },
      experimentName: null,
      flag: planned.change,
      before: planned.before,
      after: planned.after,
      ...(version === undefined || version === flag.version ? {} : { outdated: await outdated(tx, flag) }),
      write: async (tx) => {
        const written = await planned.write(tx)
        if (contexts !== undefined) await writeContexts(tx, flag.projectId, id, contexts)
        return { id, experimentId: null, featureFlagId: id, version: written }
      },
    }
  },
})

type UpdateFlagValues = Omit<UpdateFlag, 'id' | 'version'>

/** Somebody changed the flag since the caller read it. */
async function outdated(tx: Transaction, flag: FlagRow): Promise<InvalidStateRefusal> {
  const by =
    flag.lastModifiedById === null ? null : await tx.user.findUnique({ where: { id: flag.lastModifiedById }, select: { email: true } })
  return new InvalidStateRefusal(
    `The feature flag was updated by ${by?.email ?? 'somebody'} since you started editing it. Please refresh and try again.`,
    `version ${flag.version}`,
  )
}

function stateFaults(flag: FlagRow, { active, archived, ensureExperienceContinuity }: UpdateFlagValues): Fault[] {
  const faults: Fault[] = []
  if ((active ?? flag.active) && (archived ?? flag.archived)) {
    if (archived === true) {
      faults.push(
        fault(['archived'], 'Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request.'),
      )
    } else faults.push(fault(['active'], 'Cannot enable an archived feature flag. Unarchive it first.'))
  }
  if (ensureExperienceContinuity === true && flag.bucketingIdentifier === 'device_id') {
    faults.push(fault(['ensureExperienceContinuity'], 'Must be false while the flag buckets by device_id.'))
  }
  return faults
}

/** A flag that experiments use cannot be deleted. */
async function deletionFaults(tx: Transaction, flag: FlagRow, given: UpdateFlagValues): Promise<Fault[]> {
  if (given.deleted !== true || flag.deleted) return []
  const experiments = await tx.experiment.findMany({
    where: { featureFlagId: flag.id, deleted: false },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: 100,
  })
  if (experiments.length === 0) return []
  return [
    fault(
      ['deleted'],
      `Cannot delete a feature flag that is linked to active experiment(s) with ID(s): ${experiments.map(({ id }) => id).join(', ')}. ` +
        'Please delete the experiment(s) before deleting the flag.',
    ),
  ]
}

const UpdateFeatureFlagInput = builder.inputType('UpdateFeatureFlagInput', {
  description: 'What is to be changed of a flag. What is not given, or null, stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The flag: its global id, or its number.' }),
    version: t.int({
      required: false,
      description:
        'The version the caller has read. When the flag has another by now, nothing is written and `InvalidStateError` comes; a change that a ' +
        'policy guards becomes a request that is stale from the start. Without it, the last writer wins.',
    }),
    key: t.string({
      required: false,
      description: 'Its new key: 1 to 400 letters, digits, hyphens and underscores, unique among the live flags of the project.',
    }),
    name: t.string({ required: false, description: 'What it is for: at most 4,000 characters.' }),
    filters: t.field({
      type: 'JSON',
      required: false,
      description: 'Who gets which answer. The top-level keys given here replace those that are stored; the others stay. At most 256 KiB.',
    }),
    active: t.boolean({ required: false, description: 'Whether it is switched on.' }),
    archived: t.boolean({
      required: false,
      description: 'Whether it is put away. A flag that is on has to be switched off first, or with it.',
    }),
    deleted: t.boolean({
      required: false,
      description: 'True deletes it, and frees its key; false restores it. A flag that experiments use cannot be deleted.',
    }),
    evaluationRuntime: t.field({ type: EvaluationRuntime, required: false, description: 'Where it may be evaluated.' }),
    evaluationContexts: t.stringList({
      required: false,
      description: 'All the contexts it may be evaluated in from now on: at most 100 names of 255 characters.',
    }),
    tags: t.stringList({ required: false, description: 'All its labels from now on: at most 100, of 255 characters each.' }),
    ensureExperienceContinuity: t.boolean({
      required: false,
      description: 'Whether a person keeps the answer they had before they logged in.',
    }),
  }),
})

builder.mutationField('updateFeatureFlag', (t) =>
  t.field({
    type: FeatureFlag,
    description:
      'Changes a feature flag. Switching it on or off, its percentages and release conditions, and deleting one that is on can be guarded by ' +
      `policies; one call that needs the consent of several policies is refused.\n\n${needs('feature_flag:write')}`,
    args: { input: t.arg({ type: UpdateFeatureFlagInput, required: true, description: 'What is to be changed.' }) },
    authScopes: { scope: 'feature_flag:write' },
    errors: refusalsOf('updateFeatureFlag', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) => {
      const { id, ...fields } = input
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null))
      return answerFlag(context, await write(context, updateFeatureFlag, { id: addressed('FeatureFlag', id), ...given }))
    },
  }),
)
