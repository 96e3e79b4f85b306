import type { Actor } from '../../../../auth/actor.ts'
import type { CommandPlan, RowState } from '../../../../commands/command.ts'
import { findWritableProject, lockFlag } from '../../../../commands/rowLocks.ts'
import type { Transaction } from '../../../../database/client.ts'
import type { FeatureFlag, Prisma, Project } from '../../../../database/generated/client.ts'
import { assertValid, InUseError, InvalidStateError, ResourceNotFoundError } from '../../../../platform/domainErrors.ts'
import { errorIf, type FieldError, fieldError } from '../../../../platform/fieldError.ts'
import { asObject } from '../../../../platform/json.ts'
import { findReferencedFlag, getFlagReferences } from '../../rules/flagDependencies.ts'
import { portableFilters } from '../../rules/mapReferences.ts'
import { normalizeFilters } from '../../rules/normalizeFilters.ts'
import { validateFilters } from '../../rules/validateFilters.ts'
import { findCircular, lockDependencies } from '../conditionReferences.ts'
import { createFlag, type NewFlag, newFlagChange } from '../createFlag.ts'
import { getEvaluationContexts, setEvaluationContexts } from '../evaluationContexts.ts'
import { findSwitchOffBlockers } from '../flagUses.ts'
import { contextsOfNewFlag, fewestLabels, settingsForNewFlag, validateRequiredLabels } from '../newFlagRules.ts'
import { planFlagUpdate } from '../planFlagUpdate.ts'
import { validateRemovedVariants } from '../removedVariants.ts'
import { type CopiedReferences, loadCopiedReferences } from './copyReferences.ts'
import { type CopySource, copiedState, loadCopySources } from './copySources.ts'

export interface FlagCopyInput {
  /** The flag to copy. */
  id: number
  targetProjectId: number
  switchedOff: boolean
  onExisting: 'REFUSE' | 'REPLACE'
  dependencies: 'REFUSE' | 'COPY'
}

export const targetNotFound = 'Target project not found.'
/** Where a caller finds what a target refuses. */
const targetPath = ['targetProjectIds']

/** A flag of the target project as the copy makes it. */
interface Copy {
  flag: NewFlag & { evaluationContexts: string[] }
  /** Its filters, once the copies of its dependencies have these numbers. Before, they are named by key. */
  filters(numbers: ReadonlyMap<string, number>): Prisma.InputJsonObject
}

/**
 * Plans the copy of a flag to one project of the same organization, with the flags that it depends on.
 *
 * @throws DomainError if the copy is not possible
 */
export async function planFlagCopy(tx: Transaction, actor: Actor, input: FlagCopyInput): Promise<CommandPlan> {
  const { project: sourceProject, ...flag } = await lockFlag(tx, actor, input.id)
  const target = await findWritableProject(tx, actor, input.targetProjectId, targetNotFound)
  if (target.organizationId !== sourceProject.organizationId) throw new ResourceNotFoundError(targetNotFound)
  if (flag.deleted) throw new InvalidStateError('A deleted flag cannot be copied. Restore it first.', 'DELETED')
  assertValid(errorIf(target.id === flag.projectId, targetPath, 'Must be another project than that of the flag.'))

  const sources = await loadCopySources(tx, flag)
  const existing = await lockExisting(tx, target, sources)
  const current = existing.get(flag.key) ?? null
  const missing = findMissing(sources, existing)
  const references = await loadCopiedReferences(
    tx,
    flag.projectId,
    target.id,
    [sources[0], ...missing].map((source) => source?.flag.filters),
  )
  const toCopy = (source: CopySource) => planCopy(tx, source, target, { sources, existing, references, switchedOff: input.switchedOff })
  const main = await toCopy({ ...sources[0], flag } as CopySource)
  const dependencies: Copy[] = []
  for (const source of missing) dependencies.push(await toCopy(source))
  const made = [...(current === null ? [main] : []), ...dependencies].map(({ flag }) => flag)
  assertValid([
    ...references.problems.map((problem) => fieldError(targetPath, problem, 'does_not_exist')),
    ...errorIf(current !== null && input.onExisting === 'REFUSE', targetPath, 'There is already a feature flag with this key.', 'unique'),
    ...(input.dependencies === 'COPY' ? [] : missing.map(missingDependency)),
    ...made.flatMap((flag) => validateRequiredLabels(target, flag, { evaluationContexts: targetPath, tags: targetPath })),
  ])
  if (current !== null) await assertReplaceable(tx, current, main.flag.active)
  await validateCopies(tx, target, current, [main, ...dependencies])

  const newFlags = dependencies.map(({ flag }) => ({
    change: newFlagChange(flag, false),
    after: shown(flag) as Prisma.InputJsonObject,
  }))
  const shownDependencies = newFlags.length === 0 ? {} : { copiedDependencies: newFlags.map(({ after }) => after) }
  const common = {
    project: target,
    experimentName: null,
    newFlags,
    rows: [
      { type: 'PROJECT', id: sourceProject.id, values: { organizationId: { before: sourceProject.organizationId } } } satisfies RowState,
      ...[{ ...sources[0], flag } as CopySource, ...missing].map(copiedState),
      ...(made.length === 0
        ? []
        : [settingsForNewFlag(target, { evaluationContexts: null, usesPersistence: false, labels: fewestLabels(made) })]),
    ],
  }
  /** The dependencies of a flag are created before it, so that it can name them by number. */
  const createDependencies = async (tx: Transaction) => {
    const numbers = new Map<string, number>()
    for (const copy of dependencies.toReversed()) numbers.set(copy.flag.key, (await createCopy(tx, actor, copy, numbers)).id)
    return { numbers, newFlagIds: dependencies.map(({ flag }) => numbers.get(flag.key) ?? 0) }
  }
  if (current === null) {
    return {
      ...common,
      resource: { type: 'FEATURE_FLAG', id: null },
      flag: newFlagChange(main.flag, false),
      before: {},
      after: { ...shown(main.flag), ...shownDependencies } as Prisma.InputJsonObject,
      apply: async (tx) => {
        const { numbers, newFlagIds } = await createDependencies(tx)
        const { id, version } = await createCopy(tx, actor, main, numbers)
        return { id, experimentId: null, featureFlagId: id, version, created: true, newFlagIds }
      },
    }
  }
  const { projectId: _, key: __, evaluationContexts, ...columns } = main.flag
  const extraValues = {
    before: { evaluationContexts: await getEvaluationContexts(tx, current.id) },
    after: { evaluationContexts },
  }
  // The people that a holdout of the target project keeps out stay out.
  const holdout = asObject(current.filters)?.holdout ?? null
  const planReplacement = (filters: Prisma.InputJsonObject) =>
    planFlagUpdate(actor, current, { ...columns, filters: { ...filters, holdout } as Prisma.InputJsonObject }, { extraValues })
  const replacement = planReplacement(main.flag.filters)
  return {
    ...common,
    resource: { type: 'FEATURE_FLAG', id: current.id },
    flag: replacement.change,
    before: replacement.before,
    after: { ...replacement.after, ...shownDependencies } as Prisma.InputJsonObject,
    apply: async (tx) => {
      const { numbers, newFlagIds } = await createDependencies(tx)
      const version = await planReplacement(main.filters(numbers)).apply(tx)
      await setEvaluationContexts(tx, target.id, current.id, evaluationContexts)
      return { id: current.id, experimentId: null, featureFlagId: current.id, version, created: false, newFlagIds }
    },
  }
}

/** Returns the live flags of the target project with the keys of the copied ones, locked. */
async function lockExisting(tx: Transaction, target: Project, sources: readonly CopySource[]): Promise<Map<string, FeatureFlag>> {
  const keys = sources.map(({ flag }) => flag.key)
  // In the order of their numbers, so that two copies do not wait for each other.
  await tx.$queryRaw`
    SELECT id FROM feature_flags WHERE project_id = ${target.id}::int AND key = ANY (${keys}::text[]) AND NOT deleted
    ORDER BY id FOR NO KEY UPDATE`
  const flags = await tx.featureFlag.findMany({ where: { projectId: target.id, key: { in: keys }, deleted: false } })
  return new Map(flags.map((flag) => [flag.key, flag]))
}

/**
 * Returns the dependencies that the target project lacks. What a flag there depends on is its own matter, so those of the flags that it has are
 * not followed.
 */
function findMissing(sources: readonly CopySource[], existing: ReadonlyMap<string, FeatureFlag>): CopySource[] {
  const [main, ...dependencies] = sources
  const flags = dependencies.map(({ flag }) => flag)
  const needed = new Set<number>()
  const follow = (flag: FeatureFlag | undefined) => {
    for (const { reference } of getFlagReferences(flag?.filters)) {
      const next = findReferencedFlag(reference, flags)
      if (next === undefined || needed.has(next.id) || existing.has(next.key)) continue
      needed.add(next.id)
      follow(next)
    }
  }
  follow(main?.flag)
  return dependencies.filter(({ flag }) => needed.has(flag.id))
}

async function planCopy(
  tx: Transaction,
  { flag, contexts }: CopySource,
  target: Project,
  {
    sources,
    existing,
    references,
    switchedOff,
  }: { sources: readonly CopySource[]; existing: ReadonlyMap<string, FeatureFlag>; references: CopiedReferences; switchedOff: boolean },
): Promise<Copy> {
  const keys = new Map(sources.map((source) => [source.flag.id, source.flag.key]))
  const filters = (numbers: ReadonlyMap<string, number>) => {
    const toReference = (sourceId: number) => {
      const key = keys.get(sourceId) ?? ''
      return String(existing.get(key)?.id ?? numbers.get(key) ?? key)
    }
    return normalizeFilters(references.translate(portableFilters(flag), toReference), null) as Prisma.InputJsonObject
  }
  const { key, name, active, evaluationRuntime, bucketingIdentifier, isRemoteConfiguration, ensureExperienceContinuity, tags } = flag
  return {
    filters,
    flag: {
      ...{ projectId: target.id, key, name, active: active && !switchedOff, filters: filters(new Map()) },
      ...{ evaluationRuntime, bucketingIdentifier, isRemoteConfiguration, ensureExperienceContinuity, tags },
      evaluationContexts: await contextsOfNewFlag(tx, target, contexts),
    },
  }
}

const shown = ({ projectId: _, ...values }: NewFlag) => values

function createCopy(tx: Transaction, actor: Actor, copy: Copy, numbers: ReadonlyMap<string, number>): Promise<FeatureFlag> {
  return createFlag(tx, actor, { ...copy.flag, filters: copy.filters(numbers) })
}

function missingDependency({ flag }: CopySource): FieldError {
  const message = `The flag depends on ${JSON.stringify(flag.key)}, which the target project does not have. Copy it too, with \`dependencies: COPY\`.`
  return fieldError(targetPath, message, 'does_not_exist')
}

/** @throws DomainError if the flag in the target project must stay as it is */
async function assertReplaceable(tx: Transaction, current: FeatureFlag, active: boolean): Promise<void> {
  if (current.archived) {
    throw new InvalidStateError('The flag in the target project is archived. Unarchive it first.', 'ARCHIVED')
  }
  if (current.hasEncryptedPayloads) {
    throw new InvalidStateError('The flag in the target project has encrypted payloads, which cannot be changed here.', 'ENCRYPTED')
  }
  if (active || !current.active) return
  await lockDependencies(tx, current.projectId)
  const uses = await findSwitchOffBlockers(tx, current)
  if (uses.length > 0) throw new InUseError('Cannot switch off a feature flag that other active flags depend on.', uses)
}

/** Checks the copies as the flags of the target project that they become. */
async function validateCopies(tx: Transaction, target: Project, current: FeatureFlag | null, copies: readonly Copy[]): Promise<void> {
  const [main] = copies
  assertValid([
    ...copies.flatMap(({ flag }) =>
      validateFilters(flag.filters, null).map(({ path, message, code }) =>
        fieldError(targetPath, `${path.join('.')} of the flag ${JSON.stringify(flag.key)}: ${message}`, code),
      ),
    ),
    ...(current === null || main === undefined ? [] : await validateRemovedVariants(tx, current, main.flag.filters, targetPath)),
  ])
  const keys = copies.map(({ flag }) => flag.key)
  const own = [...keys, ...(current === null ? [] : [String(current.id)])]
  await lockDependencies(tx, target.id)
  const circular = await findCircular(tx, target.id, referencedNumbers(copies), own)
  assertValid(errorIf(circular.size > 0, targetPath, 'In the target project, the flag would depend on itself.', 'circular'))
}

/** The numbers of the flags in the target project that copies depend on. */
function referencedNumbers(copies: readonly Copy[]): number[] {
  const keys = new Set(copies.map(({ flag }) => flag.key))
  return copies.flatMap(({ flag }) =>
    getFlagReferences(flag.filters).flatMap(({ reference }) => (keys.has(reference) ? [] : Number(reference))),
  )
}
