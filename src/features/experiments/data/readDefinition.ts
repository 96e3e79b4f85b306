import type { Transaction } from '../../../database/client.ts'
import type { PlanningEventStore } from '../../../database/events/eventStore.ts'
import type { Experiment, Prisma } from '../../../database/generated/client.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { isInt4, parseIntegerId } from '../../../platform/globalId.ts'
import { asArray, asObject } from '../../../platform/json.ts'
import { validateStorable } from '../../../platform/storableJson.ts'
import { normalizeTags, validateLabels } from '../../featureFlags/rules/validateFlag.ts'
import { validateReferences } from '../../metrics/data/unknownNames.ts'
import { writeExposure } from '../../metrics/rules/exposureCriteria.ts'
import { type Findings, type GivenMetric, type MetricInput, readMetricInput } from '../../metrics/rules/metricInput.ts'
import { newOrder } from '../../metrics/rules/metricOrder.ts'
import { isLegacyKind, metricUuid } from '../../metrics/rules/parseMetric.ts'
import { writeStatistics } from '../../metrics/rules/statistics.ts'
import { isStoredAs, statedUuid, storeMetrics } from '../../metrics/rules/storeMetrics.ts'
import { type DefinitionInput, readExposureInput, readStatisticsInput, type SavedMetricUseInput } from '../rules/definitionInput.ts'
import { maxMetricsBytes } from '../rules/metrics.ts'
import type { MetricLink } from './metricLinks.ts'
import type { MetricRole } from './savedMetricUses.ts'

/** What an experiment has before the write. A new one has nothing. */
export interface CurrentDefinition
  extends Pick<Experiment, 'metrics' | 'metricsSecondary' | 'primaryMetricsOrderedUuids' | 'secondaryMetricsOrderedUuids'>,
    Pick<Experiment, 'statsConfig' | 'exposureCriteria'> {
  links: readonly MetricLink[]
}

export const noDefinition: CurrentDefinition = {
  metrics: [],
  metricsSecondary: [],
  primaryMetricsOrderedUuids: null,
  secondaryMetricsOrderedUuids: null,
  statsConfig: null,
  exposureCriteria: null,
  links: [],
}

/** The values to store. What is missing stays as it is. */
export interface DefinitionValues {
  metrics?: Prisma.InputJsonValue[]
  metricsSecondary?: Prisma.InputJsonValue[]
  primaryMetricsOrderedUuids?: string[]
  secondaryMetricsOrderedUuids?: string[]
  statsConfig?: Prisma.InputJsonObject
  exposureCriteria?: Prisma.InputJsonObject
  onlyCountMaturedUsers?: boolean
  tags?: string[]
  links?: MetricLink[]
}

const maxMetrics = 20
const maxEntries = 100

/**
 * Reads the typed definition of an experiment in an input.
 *
 * @param raw the metrics that JSON fields of the same input give
 * @param events where the names of events are looked up. Null: events that were never sent are accepted.
 */
export async function readDefinition(
  tx: Transaction,
  projectId: number,
  input: DefinitionInput,
  current: CurrentDefinition,
  raw: { metrics?: readonly unknown[] | undefined; metricsSecondary?: readonly unknown[] | undefined },
  events: Pick<PlanningEventStore, 'unknownNames'> | null,
  newUuid: () => string,
): Promise<{ fieldErrors: FieldError[]; values: DefinitionValues }> {
  const found: Findings = { fieldErrors: [], references: [] }
  const stored = { primary: asArray(current.metrics) ?? [], secondary: asArray(current.metricsSecondary) ?? [] }
  const all = [...stored.primary, ...stored.secondary]
  const primary = input.primaryMetrics == null ? null : readMetrics(input.primaryMetrics, 'primaryMetrics', all, found)
  const secondary = input.secondaryMetrics == null ? null : readMetrics(input.secondaryMetrics, 'secondaryMetrics', all, found)
  const exposure = input.exposure == null ? null : readExposureInput(input.exposure, found)
  const statistics = input.statistics == null ? null : readStatisticsInput(input.statistics, found)
  found.fieldErrors.push(...validateLabels('tags', input.tags))
  const links = input.savedMetrics == null ? null : await readLinks(tx, projectId, input.savedMetrics, found)
  if (found.fieldErrors.length > 0) return { fieldErrors: found.fieldErrors, values: {} }

  const inUse = links ?? current.links
  const savedUuids = uuidsOf(inUse)
  const kept = [
    ...(primary === null ? (raw.metrics ?? stored.primary) : []),
    ...(secondary === null ? (raw.metricsSecondary ?? stored.secondary) : []),
  ]
  const used = new Set([...savedUuids, ...kept.map(metricUuid)])
  const metrics = primary === null ? null : storeMetrics(primary, all, used, newUuid)
  const metricsSecondary = secondary === null ? null : storeMetrics(secondary, all, used, newUuid)
  const own = { primary: metrics ?? raw.metrics ?? stored.primary, secondary: metricsSecondary ?? raw.metricsSecondary ?? stored.secondary }
  const count = own.primary.length + own.secondary.length + inUse.length
  const countBefore = all.length + current.links.length
  const isGiven = primary !== null || secondary !== null || links !== null
  const tooMany = isGiven && count > Math.max(maxMetrics, countBefore)
  const problems = [
    ...[...(primary ?? []), ...(secondary ?? [])].flatMap((metric) => validateOwnUuid(metric, savedUuids)),
    ...(links ?? []).flatMap(({ savedMetric }, index) => validateLinkUuid(savedMetric, index, kept)),
    ...errorIf(
      tooMany,
      [metrics !== null ? 'primaryMetrics' : metricsSecondary !== null ? 'secondaryMetrics' : 'savedMetrics'],
      tooManyText,
    ),
    ...validateStorable(['primaryMetrics'], metrics ?? [], maxMetricsBytes),
    ...validateStorable(['secondaryMetrics'], metricsSecondary ?? [], maxMetricsBytes),
  ]
  // Names that cannot be stored cannot be looked up either.
  const fieldErrors = problems.length > 0 ? problems : await validateReferences(tx, projectId, found.references, events)
  const order = (role: MetricRole, isReplaced: boolean, storedOrder: unknown) =>
    isReplaced || links !== null
      ? orderOf(own[role].map(metricUuid), uuidsOf(inUse.filter((link) => link.role === role)), storedOrder)
      : undefined
  const primaryOrder = order('primary', metrics !== null, current.primaryMetricsOrderedUuids)
  const secondaryOrder = order('secondary', metricsSecondary !== null, current.secondaryMetricsOrderedUuids)
  return {
    fieldErrors,
    values: {
      ...(metrics === null ? {} : { metrics: metrics as Prisma.InputJsonValue[] }),
      ...(metricsSecondary === null ? {} : { metricsSecondary: metricsSecondary as Prisma.InputJsonValue[] }),
      ...(primaryOrder === undefined ? {} : { primaryMetricsOrderedUuids: primaryOrder }),
      ...(secondaryOrder === undefined ? {} : { secondaryMetricsOrderedUuids: secondaryOrder }),
      ...(statistics === null ? {} : { statsConfig: writeStatistics(statistics, current.statsConfig) as Prisma.InputJsonObject }),
      ...(exposure === null ? {} : { exposureCriteria: writeExposure(exposure, current.exposureCriteria) as Prisma.InputJsonObject }),
      ...(input.onlyCountMaturedPersons == null ? {} : { onlyCountMaturedUsers: input.onlyCountMaturedPersons }),
      ...(input.tags == null ? {} : { tags: normalizeTags(input.tags) }),
      ...(links === null ? {} : { links }),
    },
  }
}

export const tooManyText = `An experiment has at most ${maxMetrics} metrics: its own of both roles, and the saved ones.`

/** Whether an experiment takes one more metric. */
export function hasRoomForMetric({ metrics, metricsSecondary }: Pick<Experiment, 'metrics' | 'metricsSecondary'>, links: number): boolean {
  return (asArray(metrics) ?? []).length + (asArray(metricsSecondary) ?? []).length + links < maxMetrics
}

/** The order to store. Undefined if none is stored, and none is needed. */
function orderOf(own: readonly string[], saved: readonly string[], storedOrder: unknown): string[] | undefined {
  const order = newOrder(own, saved, storedOrder)
  return storedOrder == null && order.join() === [...own, ...saved].join() ? undefined : order
}

export function uuidsOf(links: readonly MetricLink[]): string[] {
  return links.map(({ savedMetric }) => metricUuid(savedMetric.query))
}

function readMetrics(inputs: readonly MetricInput[], field: string, stored: readonly unknown[], found: Findings): GivenMetric[] {
  if (inputs.length > maxEntries) {
    found.fieldErrors.push(fieldError([field], `Ensure this field has no more than ${maxEntries} elements.`))
    return []
  }
  return inputs.map((metric, index) => readMetricInput(metric, [field, String(index)], found, (raw) => isStoredAs(raw, stored)))
}

/** A saved metric is no own one: it would be there twice. */
function validateOwnUuid(metric: GivenMetric, savedUuids: readonly string[]): FieldError[] {
  const uuid = 'values' in metric ? metric.uuid : statedUuid(metric.raw)
  const path = 'values' in metric ? [...metric.path, 'uuid'] : metric.path
  const text = 'This is the UUID of a saved metric. Leave it out here, and name it in savedMetrics.'
  return errorIf(uuid !== null && savedUuids.includes(uuid), path, text, 'unique')
}

/** Own metrics of the input have been told of already. */
function validateLinkUuid({ query }: MetricLink['savedMetric'], index: number, kept: readonly unknown[]): FieldError[] {
  const uuid = metricUuid(query)
  const isOwn = kept.some((metric) => metricUuid(metric) === uuid)
  return errorIf(isOwn, ['savedMetrics', String(index), 'savedMetricId'], sameUuidText, 'unique')
}

export const sameUuidText = 'The experiment has a metric of its own with the UUID of this saved metric.'

async function readLinks(
  tx: Transaction,
  projectId: number,
  inputs: readonly SavedMetricUseInput[],
  { fieldErrors }: Findings,
): Promise<MetricLink[]> {
  if (inputs.length > maxEntries) {
    fieldErrors.push(fieldError(['savedMetrics'], `Ensure this field has no more than ${maxEntries} elements.`))
    return []
  }
  const ids = inputs.map(({ savedMetricId }) => {
    const id = parseIntegerId('SavedMetric', String(savedMetricId))
    return id !== null && isInt4(id) ? id : null
  })
  // Locked, so that none is deleted before the link is written.
  const rows = await lockSavedMetrics(
    tx,
    projectId,
    ids.filter((id) => id !== null),
  )
  return inputs.flatMap(({ role }, index) => {
    const id = ids[index]
    const savedMetric = rows.find((row) => row.id === id)
    const path = ['savedMetrics', String(index), 'savedMetricId']
    if (savedMetric === undefined) {
      fieldErrors.push(fieldError(path, 'Saved metric does not exist or does not belong to this project', 'does_not_exist'))
      return []
    }
    fieldErrors.push(
      ...errorIf(ids.indexOf(id ?? null) < index, path, 'savedMetrics must not contain duplicates.', 'unique'),
      ...errorIf(isLegacyKind(asObject(savedMetric.query)?.kind), path, legacyText),
    )
    return [{ savedMetric, role }]
  })
}

export const legacyText = 'A saved metric of the old engine cannot be linked.'

export async function lockSavedMetrics(tx: Transaction, projectId: number, ids: readonly number[]) {
  if (ids.length === 0) return []
  await tx.$queryRaw`SELECT id FROM saved_metrics WHERE id = ANY (${[...ids]}::int[]) AND project_id = ${projectId}::int ORDER BY id FOR KEY SHARE`
  return tx.savedMetric.findMany({ where: { id: { in: [...ids] }, projectId }, select: { id: true, query: true } })
}
