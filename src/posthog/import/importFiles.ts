import type { z } from 'zod'
import type { Project } from '../../database/generated/client.ts'
import type { Db } from '../../database/open.ts'
import { type ExperimentRow, experimentRow } from '../rows/experimentSchema.ts'
import { type FlagRow, flagRow } from '../rows/flagSchema.ts'
import { type CheckedRow, distinctRows } from './dedupeRows.ts'
import { checkEvents, importEvents } from './importEvents.ts'
import { importExperiments } from './importExperiments.ts'
import { importFlags } from './importFlags.ts'
import { openSource, type SourceFile } from './inputFile.ts'
import { describeRow, type SourceRow } from './inputRow.ts'
import { noProgress, type Progress } from './progress.ts'
import { ImportReport, type Kind } from './report.ts'
import { type Target, targetProject } from './targetProject.ts'
import { checkRow } from './validateRow.ts'

/** Imports take turns, whatever project they are for. The numbers below are taken by the migrations and the demo data. */
const importLock = 6_650_994
const day = 24 * 60 * 60 * 1000

export interface Import {
  /** In any order: flags go in before the experiments on them. */
  files: readonly string[]
  target: Target
  progress?: Progress
}

/** What the files hold, checked. */
interface Content {
  flags: CheckedRow<FlagRow>[]
  experiments: CheckedRow<ExperimentRow>[]
  eventFiles: { path: string; bytes: number }[]
}

/**
 * Reads pages as the reference's REST API prints them, and events one a line, and writes them into a project: all of it in one
 * transaction, or nothing. Rows that are malformed are left out and reported.
 *
 * @throws UserMistake when a file cannot be read or the target is wrong; nothing is written then.
 */
export async function importFiles(
  db: Db,
  { files, target, progress = noProgress }: Import,
): Promise<{ project: Project; report: ImportReport }> {
  const report = new ImportReport()
  const { flags, experiments, eventFiles } = await readContent(files, report, progress)

  const project = await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${importLock})`
      const project = await targetProject(tx, target)
      progress.begin('Flags and experiments', flags.length + experiments.length)
      await importFlags(tx, project, flags, report, progress)
      await importExperiments(tx, project, experiments, report, progress)
      progress.begin(
        'Events',
        eventFiles.reduce((sum, { bytes }) => sum + bytes, 0),
      )
      for (const { path } of eventFiles) await importEvents(tx, project.id, path, report, progress)
      return project
    },
    { maxWait: day, timeout: day },
  )
  return { project, report }
}

async function readContent(files: readonly string[], report: ImportReport, progress: Progress): Promise<Content> {
  const sources: SourceFile[] = []
  for (const path of files) sources.push(await openSource(path))

  progress.begin(
    'Reading',
    sources.reduce((sum, { bytes }) => sum + bytes, 0),
  )
  const flags = checkRows('feature flags', flagRow, rowsOf(sources, 'featureFlags'), report)
  const experiments = checkRows('experiments', experimentRow, rowsOf(sources, 'experiments'), report)
  const eventFiles: Content['eventFiles'] = []
  for (const source of sources) {
    if (source.kind === 'nothing') report.note(`${source.path}: it has no rows`)
    if (source.kind === 'events') {
      await checkEvents(source.path, report, progress)
      eventFiles.push(source)
    } else {
      progress.advance(source.bytes)
    }
  }
  return { flags, experiments, eventFiles }
}

function rowsOf(sources: readonly SourceFile[], kind: 'featureFlags' | 'experiments'): SourceRow[] {
  return sources.flatMap((source) => {
    if (source.kind !== kind || !('rows' in source)) return []
    return source.rows.map((value, index) => ({ file: source.path, place: `row ${index + 1}`, value }))
  })
}

/** The rows that can be written, each id once. */
function checkRows<Row extends { id: number }>(
  kind: Kind,
  schema: z.ZodType<Row>,
  rows: readonly SourceRow[],
  report: ImportReport,
): CheckedRow<Row>[] {
  const fine = rows.flatMap((source) => {
    const checked = checkRow(schema, source.value)
    if ('row' in checked) return [{ row: checked.row, source }]
    report.skip(kind, source, checked.reason)
    return []
  })
  return distinctRows(fine, ({ source }, first) => {
    report.skip(kind, source, `id must be unique: ${describeRow(first.source)} is another row with this id, and counts`)
  })
}
