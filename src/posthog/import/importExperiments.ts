import type { Transaction } from '../../database/client.ts'
import type { Prisma, Project } from '../../database/generated/client.ts'
import { isInt4 } from '../../platform/globalId.ts'
import { allocateIds } from '../rows/allocateIds.ts'
import { type EmbeddedEntities, embeddedEntities, type ImportedEntities } from '../rows/embeddedEntities.ts'
import { type ExperimentJson, experimentValues } from '../rows/experimentSchema.ts'
import type { Numbering } from '../rows/references.ts'
import { findOrCreateUsers } from '../rows/users.ts'
import { describeRow } from './inputRow.ts'
import type { Progress } from './progress.ts'
import type { RowReport } from './report.ts'
import { findStoredFlags } from './storedFlags.ts'
import type { ValidRow } from './validateRows.ts'
import { chunk, type RowHooks, writeRows } from './writeRows.ts'

/** Writes experiments into a project, after its flags, holdouts and metrics. */
export async function importExperiments(
  tx: Transaction,
  project: Project,
  validRows: readonly ValidRow<ExperimentJson>[],
  imported: ImportedEntities,
  numbering: Numbering,
  report: RowReport,
  progress: Progress,
  hooks: RowHooks<ExperimentJson> = {},
): Promise<void> {
  const projectId = project.id
  const rows = await attachFlags(tx, projectId, validRows, report)
  const userId = await findOrCreateUsers(
    tx,
    project.organizationId,
    rows.map(({ row }) => row.created_by),
  )
  const importedIds = new Set<number | null>()
  for (const batch of chunk(rows, 2_000)) {
    const where = { projectId, importedId: { in: batch.map(({ id }) => id) } }
    for (const { importedId } of await tx.experiment.findMany({ where, select: { importedId: true } })) importedIds.add(importedId)
  }
  const cohortIds = await numbering.find(
    'cohorts',
    rows.flatMap(({ row }) => row.exposure_cohort ?? []),
  )
  const embedded = embeddedEntities(tx, project, numbering, imported)
  await writeRows(rows, report.counts.experiments, progress, {
    importedIds,
    hooks: {
      isNewer: (stored, { row }) => hooks.isNewer?.(stored, row) ?? false,
      told: (stored, { row }, values) => hooks.told?.(stored, row, values) ?? values,
      onWritten: (changes) => hooks.onWritten?.(changes),
    },
    allocateIds: (ids) => allocateIds(tx, 'experiments', ids),
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
      const values = numbering.toStored(experimentValues(row))
      // The number of a cohort that was not imported stays.
      const exposureCohortId = cohortIds.get(values.exposureCohortId ?? 0) ?? values.exposureCohortId
      const columns = { ...values, featureFlagId, holdoutId, exposureCohortId, createdById: userId(row.created_by) }
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

/**
 * Finds the flag of each row: by its id in PostHog. A row that names no id has the live flag with its key. Rows without a flag are skipped and
 * reported.
 */
async function attachFlags(tx: Transaction, projectId: number, validRows: readonly ValidRow<ExperimentJson>[], report: RowReport) {
  const flags = await findStoredFlags(tx, projectId, {
    importedIds: validRows.flatMap(({ row }) => row.feature_flag?.id ?? []).filter(isInt4),
    keys: validRows.flatMap(({ row }) => row.feature_flag_key ?? row.feature_flag?.key ?? []),
  })
  const byImportedId = new Map(flags.flatMap((flag) => (flag.importedId === null ? [] : [[flag.importedId, flag]])))
  const byKey = new Map(flags.flatMap((flag) => (flag.deleted ? [] : [[flag.key, flag]])))
  return validRows.flatMap(({ row, source }) => {
    const { feature_flag, feature_flag_key } = row
    const key = feature_flag_key ?? feature_flag?.key ?? ''
    const number = feature_flag?.id ?? null
    const withKey = byKey.get(key)
    const flag = number === null ? withKey : byImportedId.get(number)
    if (flag !== undefined) return [{ id: row.id, row, source, featureFlagId: flag.id }]
    // A flag with another id is another flag: the key was used again after a deletion, or for a flag that was made here.
    if (number !== null && withKey !== undefined) {
      const who = withKey.importedId === null ? `it was made here, as flag ${withKey.id}` : `its id is ${withKey.importedId}`
      const taken = `The flag with the key ${JSON.stringify(key)} is another one: ${who}`
      report.skip('experiments', source, `feature_flag must be a flag of the project. The project has none with the id ${number}. ${taken}`)
      return []
    }
    const byId = number === null ? '' : `the id ${number} or `
    const reason = `feature_flag must be a flag of the project. The project has none with ${byId}the key ${JSON.stringify(key)}. Import the flags too`
    report.skip('experiments', source, reason)
    return []
  })
}

/** Finds or creates the holdout and metrics that a row embeds. `note` receives those that are left out, because values are missing. */
async function linkEmbedded(row: ExperimentJson, embedded: EmbeddedEntities, note: (text: string) => void) {
  // A row without the object may still have the number of a holdout that was imported with another row.
  const holdout = (await embedded.holdout(row.holdout)) ?? (row.holdout == null ? await embedded.knownHoldout(row.holdout_id) : null)
  if (holdout === null && (row.holdout ?? row.holdout_id ?? null) !== null) {
    note('its holdout, which must be an object with id, name and filters, or the number of an imported one in holdout_id')
  }
  if (holdout?.isContradicted) note('the values of its holdout, which differ from those in an earlier row')
  let isChanged = holdout?.isChanged ?? false
  const links: Record<number, Prisma.InputJsonObject> = {}
  for (const [index, entry] of row.saved_metrics.entries()) {
    const metric = await embedded.savedMetric(entry)
    if (metric === null) note(`saved_metrics.${index}, which must have saved_metric (its number), name and query`)
    else links[metric.id] = metric.metadata
    if (metric?.isContradicted) note(`the values of saved_metrics.${index}, which differ from those in an earlier row`)
    isChanged ||= metric?.isChanged ?? false
  }
  return { holdoutId: holdout?.id ?? null, links, isChanged }
}
