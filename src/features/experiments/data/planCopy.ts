import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan, RowState } from '../../../commands/command.ts'
import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import { type ExperimentSavedMetric, type FeatureFlag, Prisma, type Project } from '../../../database/generated/client.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { validateText } from '../../../platform/textValidation.ts'
import { lockFlagByKey, type NewFlag } from '../../featureFlags/data/createFlag.ts'
import { originalKey } from '../../featureFlags/data/flagKey.ts'
import { completeFlag } from '../../featureFlags/data/newFlagRules.ts'
import { portableFilters } from '../../featureFlags/rules/mapReferences.ts'
import { validateFlagKey } from '../../featureFlags/rules/validateFlag.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { baselineKeyOf, excludedKeysOf, validateExcludedKeys } from '../rules/baseline.ts'
import { regenerateMetricIds } from '../rules/metricIds.ts'
import { maxExperimentNameLength } from '../rules/validateExperiment.ts'
import { findFreeName } from './freeNames.ts'
import { planCreate } from './planCreate.ts'
import { validateExperimentFlag } from './validateExperimentFlag.ts'

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
  newUuid: () => string,
): Promise<CommandPlan> {
  const flag = await resolveCopyFlag(tx, source, target, featureFlagKey ?? originalKey(source.featureFlag))
  assertValid([
    ...validateText(['name'], name, maxExperimentNameLength),
    // Imported flags can have keys that a new flag cannot.
    ...('id' in flag ? [] : validateFlagKey(['featureFlagKey'], flag.key)),
  ])
  const copiedKeys = getVariants(flag.filters).map(({ key }) => key)
  const isShared = 'id' in flag && flag.id === source.featureFlagId
  if (!isShared) {
    const path = 'id' in flag ? ['featureFlagKey'] : ['id']
    const baselineKey = baselineKeyOf(source.statsConfig)
    const excluded = excludedKeysOf(copiedExclusions(source.parameters, copiedKeys))
    assertValid([
      ...(await validateExperimentFlag(tx, flag.filters, baselineKey, path)),
      ...validateExcludedKeys(path, excluded, copiedKeys, baselineKey),
    ])
  }
  const orders = [source.primaryMetricsOrderedUuids, source.secondaryMetricsOrderedUuids]
  const copiedMetrics = regenerateMetricIds(asArray(source.metrics) ?? [], asArray(source.metricsSecondary) ?? [], orders, newUuid)
  const variants = asObject(asObject(flag.filters)?.multivariate)?.variants
  const isSameProject = target.id === source.projectId
  const savedMetrics = isSameProject
    ? await tx.experimentSavedMetric.findMany({
        where: { experimentId: source.id },
        include: { savedMetric: { select: { id: true, query: true } } },
        orderBy: { savedMetricId: 'asc' },
      })
    : []
  return planCreate(actor, {
    project: target,
    needsLabels: true,
    flag,
    columns: {
      name: name.trim() === '' ? await findFreeName(tx, target.id, source.name) : name,
      description: source.description,
      type: source.type,
      startDate: null,
      parameters: asJsonObject({
        ...copiedExclusions(source.parameters, copiedKeys),
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
    rows: [
      ...sourceStates(source, featureFlagKey),
      ...(isSameProject
        ? [{ type: 'EXPERIMENT' as const, id: source.id, values: { savedMetrics: { before: linkStates(savedMetrics) } } }]
        : []),
    ],
    savedMetrics: savedMetrics.map(({ savedMetric, metadata }) => ({ savedMetric, metadata: metadata as Prisma.InputJsonValue })),
    chosenName: name.trim() === '',
  })
}

/** Links as they are stored, like `storedLinks`. */
function linkStates(links: readonly ExperimentSavedMetric[]) {
  return links.map(({ savedMetricId, metadata }) => ({ savedMetricId, metadata }))
}

/** The values of an experiment that a copy has too, or that its flag is made from. They include its place. */
const copiedColumns = [
  'projectId',
  'featureFlagId',
  'name',
  'description',
  'type',
  'parameters',
  'runningTimeCalculation',
  'filters',
  'metrics',
  'metricsSecondary',
  'primaryMetricsOrderedUuids',
  'secondaryMetricsOrderedUuids',
  'statsConfig',
  'exposureCriteria',
  'schedulingConfig',
  'onlyCountMaturedUsers',
  'variants',
  'deleted',
] as const satisfies readonly (keyof LockedExperiment)[]

function sourceStates(source: LockedExperiment, featureFlagKey: string | null): RowState[] {
  const { id, featureFlag, project } = source
  const { groups, multivariate, payloads } = asObject(featureFlag.filters) ?? {}
  return [
    { type: 'PROJECT', id: project.id, values: { organizationId: { before: project.organizationId } } },
    { type: 'EXPERIMENT', id, values: Object.fromEntries(copiedColumns.map((column) => [column, { before: source[column] }])) },
    {
      type: 'FEATURE_FLAG',
      id: featureFlag.id,
      values: {
        ...(featureFlagKey === null ? { key: { before: featureFlag.key } } : {}),
        hasEncryptedPayloads: { before: featureFlag.hasEncryptedPayloads },
        'filters.groups': { before: groups ?? null },
        'filters.multivariate': { before: multivariate ?? null },
        ...(featureFlag.hasEncryptedPayloads ? {} : { 'filters.payloads': { before: payloads ?? null } }),
      },
    },
  ]
}

async function resolveCopyFlag(tx: Transaction, source: LockedExperiment, target: Project, key: string): Promise<FeatureFlag | NewFlag> {
  if (target.id === source.projectId && key === originalKey(source.featureFlag)) return source.featureFlag
  const existing = await lockFlagByKey(tx, target.id, key)
  if (existing !== null) return existing
  const { groups, multivariate, payloads, holdout } = portableFilters(source.featureFlag)
  const flag = {
    projectId: target.id,
    key,
    name: `Feature Flag for Experiment ${source.name}`,
    active: false,
    filters: asJsonObject({
      // Conditions are not copied: they refer to people of the source's project.
      groups: [{ properties: [], rollout_percentage: asObject(asArray(groups)?.[0])?.rollout_percentage ?? 100 }],
      multivariate: multivariate ?? null,
      ...(payloads === undefined ? {} : { payloads }),
      holdout,
    }),
  }
  return completeFlag(tx, target, flag, ['featureFlagKey'])
}

/** The parameters without excluded variants that the flag of the copy does not have. */
function copiedExclusions(parameters: unknown, variantKeys: readonly string[]): JsonObject {
  const fields = asObject(parameters) ?? {}
  const excluded = excludedKeysOf(parameters)
  if (excluded.every((key) => variantKeys.includes(key))) return fields
  return { ...fields, excluded_variants: excluded.filter((key) => variantKeys.includes(key)) }
}

function asJsonObject(value: unknown): Prisma.InputJsonObject {
  return value as Prisma.InputJsonObject
}

function orDbNull(value: unknown) {
  return value == null ? Prisma.DbNull : (value as Prisma.InputJsonValue)
}
