import { randomUUID } from 'node:crypto'
import type { Transaction } from '../../../database/client.ts'
import type { Experiment, Prisma, SavedMetric } from '../../../database/generated/client.ts'
import { asArray, isObject } from '../../../platform/json.ts'
import { fingerprintChanged } from '../../metrics/rules/fingerprint.ts'
import { metricUuid } from '../../metrics/rules/parseMetric.ts'
import { roleOf } from './savedMetricUses.ts'

/** An experiment that uses a saved metric. */
export interface MetricUser {
  metadata: Prisma.JsonValue
  experiment: Experiment
}

/** How many experiments one deletion changes. */
export const maxDetached = 1_000

/** Returns the experiments that use a saved metric, also deleted ones, locked until the transaction ends: one more than can be changed. */
export async function lockUsers(tx: Transaction, savedMetricId: number): Promise<MetricUser[]> {
  await tx.$queryRaw`
    SELECT e.id FROM experiments e JOIN experiment_saved_metrics l ON l.experiment_id = e.id
    WHERE l.saved_metric_id = ${savedMetricId}::int ORDER BY e.id LIMIT ${maxDetached + 1} FOR NO KEY UPDATE OF e`
  return tx.experimentSavedMetric.findMany({
    where: { savedMetricId },
    select: { metadata: true, experiment: true },
    orderBy: { experimentId: 'asc' },
    take: maxDetached + 1,
  })
}

/**
 * Makes a saved metric the own metric of the experiments that use it, under its name and UUID. The links are removed.
 *
 * @returns for each experiment, the column that changed and its metrics before and after
 */
export async function detachMetric(tx: Transaction, metric: SavedMetric, users: readonly MetricUser[], now: Date) {
  const changes = users.map(({ metadata, experiment }) => {
    const column = roleOf(metadata) === 'secondary' ? ('metricsSecondary' as const) : ('metrics' as const)
    const before = experiment[column]
    // What is no list is kept as an entry of the new one.
    const stored = asArray(before) ?? [before]
    const after = [...stored, ...fingerprintChanged([ownMetric(metric, experiment)], [], experiment)]
    return { experimentId: experiment.id, column, before, after: after as Prisma.InputJsonValue[] }
  })
  const rows = JSON.stringify(
    changes.map(({ experimentId: id, column, after }) => ({ id, secondary: column === 'metricsSecondary', after })),
  )
  await tx.$executeRaw`
    UPDATE experiments e SET
      metrics = CASE WHEN c.secondary THEN e.metrics ELSE c.after END,
      metrics_secondary = CASE WHEN c.secondary THEN c.after ELSE e.metrics_secondary END,
      updated_at = ${now}
    FROM jsonb_to_recordset(${rows}::jsonb) AS c (id int, secondary boolean, after jsonb)
    WHERE e.id = c.id`
  await tx.experimentSavedMetric.deleteMany({ where: { savedMetricId: metric.id } })
  return changes
}

/** The saved metric as an own one. Its UUID stays, so that its results do, unless the experiment has a metric with it. */
function ownMetric({ query, name }: SavedMetric, { metrics, metricsSecondary }: Experiment): unknown {
  if (!isObject(query)) return query
  const uuid = metricUuid(query)
  const isTaken = [...(asArray(metrics) ?? []), ...(asArray(metricsSecondary) ?? [])].some((metric) => metricUuid(metric) === uuid)
  return { ...query, name, uuid: isTaken ? randomUUID() : uuid }
}
