import type { Actor } from '../../../auth/actor.ts'
import type { Plan } from '../../../commands/command.ts'
import type { lockExperiment } from '../../../commands/rowLocks.ts'
import { type FeatureFlag, Prisma, type Project } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { refuseFaults } from '../../../platform/domainErrors.ts'
import { fault } from '../../../platform/fieldError.ts'
import { textFaults } from '../../../platform/textValidation.ts'
import { lockedLiveFlag, type NewFlag } from '../../featureFlags/data/createFlag.ts'
import { fieldsOf } from '../../featureFlags/rules/filterValues.ts'
import { keyFaults } from '../../featureFlags/rules/validateFlag.ts'
import { copyName } from '../rules/copyNames.ts'
import { experimentFlagFaults } from '../rules/flagForExperiment.ts'
import { withFreshIds } from '../rules/metricIds.ts'
import { maxExperimentName } from '../rules/validateExperiment.ts'
import { planNewExperiment } from './planCreate.ts'

type Source = Awaited<ReturnType<typeof lockExperiment>>

/** What a caller wants of a copy; '' where they say nothing. */
interface Wishes {
  name: string
  /** Null: the source's own. */
  featureFlagKey: string | null
}

/**
 * Plans a copy of a locked experiment as a new draft (experiments.md 10.3): in the same project it shares the flag, elsewhere a flag of that
 * key is used, or made with the source's variants.
 */
export async function planCopy(
  tx: Transaction,
  actor: Actor,
  source: Source,
  target: Project,
  { name, featureFlagKey }: Wishes,
): Promise<Plan> {
  refuseFaults([
    ...textFaults(['name'], name, maxExperimentName),
    ...(featureFlagKey === null ? [] : keyFaults(['featureFlagKey'], featureFlagKey)),
  ])
  const flag = await flagOfCopy(tx, source, target, featureFlagKey ?? ownKey(source.featureFlag))
  if ('id' in flag && flag.id !== source.featureFlagId) {
    refuseFaults(experimentFlagFaults(flag.filters).map((message) => fault(['featureFlagKey'], message)))
  }
  const orders = [source.primaryMetricsOrderedUuids, source.secondaryMetricsOrderedUuids]
  const list = (metrics: unknown): unknown[] => (Array.isArray(metrics) ? metrics : [])
  const fresh = withFreshIds(list(source.metrics), list(source.metricsSecondary), orders)
  const sameProject = target.id === source.projectId
  const variants = fieldsOf(fieldsOf(flag.filters)?.multivariate)?.variants
  return planNewExperiment(actor, {
    project: target,
    flag,
    columns: {
      name: name.trim() === '' ? await freeName(tx, target.id, source.name) : name,
      description: source.description,
      type: source.type,
      startDate: null,
      parameters: json({ ...(fieldsOf(source.parameters) ?? {}), ...(variants === undefined ? {} : { feature_flag_variants: variants }) }),
      runningTimeCalculation: orNull(source.runningTimeCalculation),
      filters: json(source.filters),
      metrics: fresh.primary as Prisma.InputJsonObject[],
      metricsSecondary: fresh.secondary as Prisma.InputJsonObject[],
      primaryMetricsOrderedUuids: orNull(fresh.orders[0]),
      secondaryMetricsOrderedUuids: orNull(fresh.orders[1]),
      statsConfig: json(source.statsConfig ?? {}),
      exposureCriteria: json(source.exposureCriteria ?? {}),
      schedulingConfig: orNull(source.schedulingConfig),
      onlyCountMaturedUsers: source.onlyCountMaturedUsers,
      variants: orNull(source.variants),
    },
    savedMetrics: sameProject
      ? (await tx.experimentSavedMetric.findMany({ where: { experimentId: source.id } })).map(({ savedMetricId, metadata }) => ({
          savedMetricId,
          metadata: metadata as Prisma.InputJsonValue,
        }))
      : [],
  })
}

async function flagOfCopy(tx: Transaction, source: Source, target: Project, key: string): Promise<FeatureFlag | NewFlag> {
  if (target.id === source.projectId && key === ownKey(source.featureFlag)) return source.featureFlag
  const existing = await lockedLiveFlag(tx, target.id, key)
  if (existing !== null) return existing
  const { multivariate, payloads, groups } = fieldsOf(source.featureFlag.filters) ?? {}
  return {
    projectId: target.id,
    key,
    name: `Feature Flag for Experiment ${source.name}`,
    active: false,
    filters: json({
      // Conditions are about the people of the other project.
      groups: [{ properties: [], rollout_percentage: firstPercentage(groups) }],
      multivariate: multivariate ?? null,
      ...(payloads == null || source.featureFlag.hasEncryptedPayloads ? {} : { payloads }),
      holdout: null,
    }),
  }
}

/** A flag's key; that of a deleted one as it was before. */
function ownKey({ id, key }: FeatureFlag): string {
  return key.replace(new RegExp(`:deleted:${id}$`), '')
}

function firstPercentage(groups: unknown): number {
  const [first] = Array.isArray(groups) ? groups : []
  const percentage = fieldsOf(first)?.rollout_percentage
  return typeof percentage === 'number' ? percentage : 100
}

const batch = 50

/** A name that no live experiment of the project has; copies of one source wait for each other at its lock. */
async function freeName(tx: Transaction, projectId: number, source: string): Promise<string> {
  for (let first = 0; ; first += batch) {
    const candidates = Array.from({ length: batch }, (_, index) => copyName(source, first + index))
    const taken = await tx.experiment.findMany({ where: { projectId, name: { in: candidates }, deleted: false }, select: { name: true } })
    const free = candidates.find((candidate) => !taken.some(({ name }) => name === candidate))
    if (free !== undefined) return free
  }
}

function json(value: unknown): Prisma.InputJsonObject {
  return value as Prisma.InputJsonObject
}

function orNull(value: unknown) {
  return value == null ? Prisma.DbNull : (value as Prisma.InputJsonValue)
}
