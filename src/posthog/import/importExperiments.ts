import type { Transaction } from '../../database/client.ts'
import type { Prisma, Project } from '../../database/generated/client.ts'
import { type EmbeddedEntities, embeddedEntities } from '../rows/embeddedEntities.ts'
import { type ExperimentJson, experimentValues } from '../rows/experimentSchema.ts'
import { findOrCreateUsers } from '../rows/users.ts'
import { describeRow } from './inputRow.ts'
import type { Progress } from './progress.ts'
import type { ImportReport } from './report.ts'
import type { ValidRow } from './validateRows.ts'
import { writeRows } from './writeRows.ts'

/** Writes experiments into a project, after its flags. */
export async function importExperiments(
  tx: Transaction,
  project: Project,
  validRows: readonly ValidRow<ExperimentJson>[],
  report: ImportReport,
  progress: Progress,
): Promise<void> {
  const projectId = project.id
  const rows = await attachFlags(tx, projectId, validRows, report)
  const userId = await findOrCreateUsers(
    tx,
    project.organizationId,
    rows.map(({ row }) => row.created_by),
  )
  const stored = await tx.experiment.findMany({ where: { projectId, importedId: { not: null } }, select: { importedId: true } })
  const embedded = embeddedEntities(tx, project)
  await writeRows(tx, rows, report.counts.experiments, progress, {
    table: 'experiments',
    importedIds: new Set(stored.map(({ importedId }) => importedId)),
    find: async (importedIds) => {
      const experiments = await tx.experiment.findMany({
        where: { projectId, importedId: { in: importedIds } },
        include: { savedMetrics: true },
      })
      return experiments.map((experiment) => ({
        ...experiment,
        links: Object.fromEntries(experiment.savedMetrics.map(({ savedMetricId, metadata }) => [savedMetricId, metadata])),
      }))
    },
    toValues: async ({ row, source, featureFlagId }) => {
      const { holdoutId, links, isChanged } = await linkEmbedded(row, embedded, (text) => report.note(`${describeRow(source)}: ${text}`))
      const columns = { ...experimentValues(row), featureFlagId, holdoutId, createdById: userId(row.created_by) }
      return { columns, links, isChanged }
    },
    write: async (created, updated) => {
      await tx.experiment.createMany({ data: created.map(({ id, importedId, columns }) => ({ ...columns, projectId, id, importedId })) })
      for (const { id, columns } of updated) await tx.experiment.update({ where: { id }, data: columns })
      await tx.experimentSavedMetric.deleteMany({ where: { experimentId: { in: updated.map(({ id }) => id) } } })
      await tx.experimentSavedMetric.createMany({
        data: [...created, ...updated].flatMap(({ id: experimentId, links }) =>
          Object.entries(links).map(([id, metadata]) => ({ experimentId, savedMetricId: Number(id), metadata })),
        ),
      })
    },
  })
}

/** Finds the flag of each row: by its id in PostHog, or else by the key of a live flag. Rows without a flag are skipped and reported. */
async function attachFlags(tx: Transaction, projectId: number, validRows: readonly ValidRow<ExperimentJson>[], report: ImportReport) {
  const flags = await tx.featureFlag.findMany({ where: { projectId }, select: { id: true, importedId: true, key: true, deleted: true } })
  const byImportedId = new Map(flags.flatMap((flag) => (flag.importedId === null ? [] : [[flag.importedId, flag.id]])))
  const byKey = new Map(flags.flatMap((flag) => (flag.deleted ? [] : [[flag.key, flag.id]])))
  return validRows.flatMap(({ row, source }) => {
    const { feature_flag, feature_flag_key } = row
    const key = feature_flag_key ?? feature_flag?.key ?? ''
    const featureFlagId = byImportedId.get(feature_flag?.id ?? 0) ?? byKey.get(key)
    if (featureFlagId !== undefined) return [{ id: row.id, row, source, featureFlagId }]
    const byId = feature_flag?.id ? `the id ${feature_flag.id} or ` : ''
    const reason = `feature_flag must be a flag of the project. The project has none with ${byId}the key ${JSON.stringify(key)}. Import the flags too`
    report.skip('experiments', source, reason)
    return []
  })
}

/** Finds or creates the holdout and metrics that a row embeds. `note` receives those that are left out, because values are missing. */
async function linkEmbedded(row: ExperimentJson, embedded: EmbeddedEntities, note: (text: string) => void) {
  const holdout = await embedded.holdout(row.holdout)
  if (holdout === null && (row.holdout ?? row.holdout_id ?? null) !== null) {
    note('its holdout, which must be an object with id, name and filters')
  }
  let isChanged = holdout?.isChanged ?? false
  const links: Record<number, Prisma.InputJsonObject> = {}
  for (const [index, entry] of row.saved_metrics.entries()) {
    const metric = await embedded.savedMetric(entry)
    if (metric === null) note(`saved_metrics.${index}, which must have saved_metric (its number), name and query`)
    else links[metric.id] = metric.metadata
    isChanged ||= metric?.isChanged ?? false
  }
  return { holdoutId: holdout?.id ?? null, links, isChanged }
}
