import type { Transaction } from '../../database/client.ts'
import type { Prisma, Project } from '../../database/generated/client.ts'
import { allocateIds } from '../rows/allocateIds.ts'
import { EmbeddedEntities } from '../rows/embeddedEntities.ts'
import { type ExperimentJson, experimentValues } from '../rows/experimentSchema.ts'
import { hasSameValues } from '../rows/hasSameValues.ts'
import { findOrCreateUsers } from '../rows/users.ts'
import { chunk, type ValidRow } from './dedupeRows.ts'
import { describeRow } from './inputRow.ts'
import type { Progress } from './progress.ts'
import type { ImportReport } from './report.ts'

interface RowWithFlag extends ValidRow<ExperimentJson> {
  featureFlagId: number
}

/** Writes experiments into a project, after its flags. Existing experiments are found by their id in PostHog. */
export async function importExperiments(
  tx: Transaction,
  project: Project,
  validRows: readonly ValidRow<ExperimentJson>[],
  report: ImportReport,
  progress: Progress,
): Promise<void> {
  const inProject = { projectId: project.id }
  const rows = await attachFlags(tx, project, validRows, report)
  const userIds = await findOrCreateUsers(
    tx,
    project.organizationId,
    rows.map(({ row }) => row.created_by),
  )
  const stored = await tx.experiment.findMany({ where: { projectId: project.id, importedId: { not: null } }, select: { importedId: true } })
  const importedIds = new Set(stored.map(({ importedId }) => importedId))
  const ids = await allocateIds(
    tx,
    'experiments',
    rows.flatMap(({ row }) => (importedIds.has(row.id) ? [] : [row.id])),
  )
  const embedded = new EmbeddedEntities(tx, project)
  const counts = report.counts.experiments

  for (const batch of chunk(rows)) {
    const before = await tx.experiment.findMany({
      where: { projectId: project.id, importedId: { in: batch.map(({ row }) => row.id) } },
      include: { savedMetrics: true },
    })
    const byImportedId = new Map(before.map((experiment) => [experiment.importedId, experiment]))
    for (const { row, source, featureFlagId } of batch) {
      const { holdoutId, metrics, changed } = await linkEmbedded(row, embedded, (text) => report.note(`${describeRow(source)}: ${text}`))
      const columns = { ...experimentValues(row), featureFlagId, holdoutId, createdById: userIds.get(row.created_by?.email ?? '') ?? null }
      const links = [...metrics].map(([savedMetricId, metadata]) => ({ savedMetricId, metadata }))
      const existing = byImportedId.get(row.id)
      if (existing === undefined) {
        const id = ids.get(row.id)
        const data = { ...inProject, ...columns, importedId: row.id, savedMetrics: { create: links }, ...(id === undefined ? {} : { id }) }
        await tx.experiment.create({ data })
        counts.created++
      } else if (
        !changed &&
        hasSameValues({ ...columns, links: Object.fromEntries(metrics) }, { ...existing, links: storedMetricLinks(existing) })
      ) {
        counts.unchanged++
      } else {
        await tx.experiment.update({ where: { id: existing.id }, data: { ...columns, savedMetrics: { deleteMany: {}, create: links } } })
        counts.updated++
      }
    }
    progress.advance(batch.length)
  }
}

/** Finds the flag of each row: by its id in PostHog, or else by the key of a live flag. Rows without a flag are skipped and reported. */
async function attachFlags(
  tx: Transaction,
  { id: projectId }: Project,
  validRows: readonly ValidRow<ExperimentJson>[],
  report: ImportReport,
): Promise<RowWithFlag[]> {
  const flags = await tx.featureFlag.findMany({ where: { projectId }, select: { id: true, importedId: true, key: true, deleted: true } })
  const byImportedId = new Map(flags.flatMap((flag) => (flag.importedId === null ? [] : [[flag.importedId, flag.id]])))
  const byKey = new Map(flags.flatMap((flag) => (flag.deleted ? [] : [[flag.key, flag.id]])))
  return validRows.flatMap((checked) => {
    const { feature_flag, feature_flag_key } = checked.row
    const key = feature_flag_key ?? feature_flag?.key ?? ''
    const featureFlagId = byImportedId.get(feature_flag?.id ?? 0) ?? byKey.get(key)
    if (featureFlagId !== undefined) return [{ ...checked, featureFlagId }]
    const description = feature_flag?.id ? `the id ${feature_flag.id} or the key ${JSON.stringify(key)}` : `the key ${JSON.stringify(key)}`
    report.skip(
      'experiments',
      checked.source,
      `feature_flag must be a flag of the project. The project has none with ${description}. Import the flags too`,
    )
    return []
  })
}

/** Finds or creates the holdout and metrics that a row embeds. `note` receives those that are left out, because values are missing. */
async function linkEmbedded(row: ExperimentJson, embedded: EmbeddedEntities, note: (text: string) => void) {
  const holdout = await embedded.holdout(row.holdout)
  if (holdout === null && (row.holdout ?? row.holdout_id ?? null) !== null) {
    note('its holdout, which must be an object with id, name and filters')
  }
  let changed = holdout?.changed ?? false
  const metrics = new Map<number, Prisma.InputJsonObject>()
  for (const [index, entry] of row.saved_metrics.entries()) {
    const metric = await embedded.savedMetric(entry)
    if (metric === null) note(`saved_metrics.${index}, which must have saved_metric (its number), name and query`)
    else metrics.set(metric.id, metric.metadata)
    changed ||= metric?.changed ?? false
  }
  return { holdoutId: holdout?.id ?? null, metrics, changed }
}

function storedMetricLinks({ savedMetrics }: { savedMetrics: { savedMetricId: number; metadata: unknown }[] }): Record<number, unknown> {
  return Object.fromEntries(savedMetrics.map(({ savedMetricId, metadata }) => [savedMetricId, metadata]))
}
