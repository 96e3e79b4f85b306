import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan } from '../../../commands/command.ts'
import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import { type FeatureFlag, Prisma, type Project } from '../../../database/generated/client.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { asArray, asObject } from '../../../platform/json.ts'
import { validateText } from '../../../platform/textValidation.ts'
import { lockFlagByKey, type NewFlag } from '../../featureFlags/data/createFlag.ts'
import { originalKey } from '../../featureFlags/data/flagKey.ts'
import { validateFlagKey } from '../../featureFlags/rules/validateFlag.ts'
import { firstPercentage, validateExperimentFlag } from '../rules/flagForExperiment.ts'
import { regenerateMetricIds } from '../rules/metricIds.ts'
import { maxExperimentNameLength } from '../rules/validateExperiment.ts'
import { findFreeName } from './freeNames.ts'
import { planCreate } from './planCreate.ts'

/**
 * Plans a copy of a locked experiment as a new draft (experiments.md 10.3). With the same project and key, the copy shares the source's flag.
 * Otherwise it uses the live flag with that key. If there is none, the plan creates one with the source's variants.
 *
 * @param name the name of the copy. If blank, a free name is made from the source's name.
 * @param featureFlagKey the key of its flag. Null for the key of the source's flag.
 * @throws ValidationError when the name or key is invalid, or the flag cannot be used by an experiment
 */
export async function planCopy(
  tx: Transaction,
  actor: Actor,
  source: LockedExperiment,
  target: Project,
  { name, featureFlagKey }: { name: string; featureFlagKey: string | null },
): Promise<CommandPlan> {
  assertValid([
    ...validateText(['name'], name, maxExperimentNameLength),
    ...(featureFlagKey === null ? [] : validateFlagKey(['featureFlagKey'], featureFlagKey)),
  ])
  const flag = await resolveCopyFlag(tx, source, target, featureFlagKey ?? originalKey(source.featureFlag))
  if ('id' in flag && flag.id !== source.featureFlagId) {
    assertValid(validateExperimentFlag(flag.filters).map((message) => fieldError(['featureFlagKey'], message)))
  }
  const orders = [source.primaryMetricsOrderedUuids, source.secondaryMetricsOrderedUuids]
  const copiedMetrics = regenerateMetricIds(asArray(source.metrics) ?? [], asArray(source.metricsSecondary) ?? [], orders)
  const variants = asObject(asObject(flag.filters)?.multivariate)?.variants
  const isSameProject = target.id === source.projectId
  const savedMetrics = isSameProject ? await tx.experimentSavedMetric.findMany({ where: { experimentId: source.id } }) : []
  return planCreate(actor, {
    project: target,
    flag,
    columns: {
      name: name.trim() === '' ? await findFreeName(tx, target.id, source.name) : name,
      description: source.description,
      type: source.type,
      startDate: null,
      parameters: asJsonObject({
        ...(asObject(source.parameters) ?? {}),
        ...(variants === undefined ? {} : { feature_flag_variants: variants }),
      }),
      runningTimeCalculation: orDbNull(source.runningTimeCalculation),
      filters: asJsonObject(source.filters),
      metrics: copiedMetrics.primary,
      metricsSecondary: copiedMetrics.secondary,
      primaryMetricsOrderedUuids: orDbNull(copiedMetrics.orders[0]),
      secondaryMetricsOrderedUuids: orDbNull(copiedMetrics.orders[1]),
      statsConfig: asJsonObject(source.statsConfig ?? {}),
      exposureCriteria: asJsonObject(source.exposureCriteria ?? {}),
      schedulingConfig: orDbNull(source.schedulingConfig),
      onlyCountMaturedUsers: source.onlyCountMaturedUsers,
      variants: orDbNull(source.variants),
    },
    savedMetrics: savedMetrics.map(({ savedMetricId, metadata }) => ({ savedMetricId, metadata: metadata as Prisma.InputJsonValue })),
  })
}

async function resolveCopyFlag(tx: Transaction, source: LockedExperiment, target: Project, key: string): Promise<FeatureFlag | NewFlag> {
  if (target.id === source.projectId && key === originalKey(source.featureFlag)) return source.featureFlag
  const existing = await lockFlagByKey(tx, target.id, key)
  if (existing !== null) return existing
  const { multivariate, payloads, groups } = asObject(source.featureFlag.filters) ?? {}
  return {
    projectId: target.id,
    key,
    name: `Feature Flag for Experiment ${source.name}`,
    active: false,
    filters: asJsonObject({
      // Conditions are not copied: they refer to people of the source's project.
      groups: [{ properties: [], rollout_percentage: firstPercentage(groups) ?? 100 }],
      multivariate: multivariate ?? null,
      ...(payloads == null || source.featureFlag.hasEncryptedPayloads ? {} : { payloads }),
      holdout: null,
    }),
  }
}

function asJsonObject(value: unknown): Prisma.InputJsonObject {
  return value as Prisma.InputJsonObject
}

function orDbNull(value: unknown) {
  return value == null ? Prisma.DbNull : (value as Prisma.InputJsonValue)
}
