import type { Db } from '../../database/client.ts'
import type { Project } from '../../database/generated/client.ts'
import { type ExperimentJson, experimentSchema } from '../rows/experimentSchema.ts'
import { type FlagJson, flagSchema } from '../rows/flagSchema.ts'
import { importEvents, validateEvents } from './importEvents.ts'
import { importExperiments } from './importExperiments.ts'
import { importFlags } from './importFlags.ts'
import { type InputFile, openInputFile } from './inputFile.ts'
import type { InputRow } from './inputRow.ts'
import { noProgress, type Progress } from './progress.ts'
import { ImportReport } from './report.ts'
import { type ImportTarget, targetProject } from './targetProject.ts'
import { type ValidRow, validateRows } from './validateRows.ts'

/** The advisory lock that lets only one import run at a time. The two numbers below are the locks of the migrations and the demo data. */
const importLock = 6_650_994
const dayMs = 24 * 60 * 60 * 1000

export interface ImportOptions {
  /** In any order: flags are imported before experiments. */
  files: readonly string[]
  target: ImportTarget
  progress?: Progress
}

/** The checked content of all files. */
interface ImportContent {
  flags: ValidRow<FlagJson>[]
  experiments: ValidRow<ExperimentJson>[]
  eventFiles: { path: string; bytes: number }[]
}

/**
 * Imports pages of PostHog's REST API, and files with one event per line, into a project. Everything is written in one transaction.
 * Malformed rows are skipped and reported.
 *
 * @throws OperatorError if a file cannot be read, or the target is wrong. Nothing is written then.
 */
export async function importFiles(
  db: Db,
  { files, target, progress = noProgress }: ImportOptions,
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
    { maxWait: dayMs, timeout: dayMs },
  )
  return { project, report }
}

async function readContent(files: readonly string[], report: ImportReport, progress: Progress): Promise<ImportContent> {
  const sources: InputFile[] = []
  for (const path of files) sources.push(await openInputFile(path))

  progress.begin(
    'Reading',
    sources.reduce((sum, { bytes }) => sum + bytes, 0),
  )
  const flags = validateRows('feature flags', flagSchema, getRows(sources, 'featureFlags'), report)
  const experiments = validateRows('experiments', experimentSchema, getRows(sources, 'experiments'), report)
  const eventFiles: ImportContent['eventFiles'] = []
  for (const source of sources) {
    if (source.kind === 'nothing') report.note(`${source.path}: it has no rows`)
    if (source.kind === 'events') {
      await validateEvents(source.path, report, progress)
      eventFiles.push(source)
    } else {
      progress.advance(source.bytes)
    }
  }
  return { flags, experiments, eventFiles }
}

function getRows(sources: readonly InputFile[], kind: 'featureFlags' | 'experiments'): InputRow[] {
  return sources.flatMap((source) => {
    if (source.kind !== kind || !('rows' in source)) return []
    return source.rows.map((value, index) => ({ file: source.path, place: `row ${index + 1}`, value }))
  })
}
