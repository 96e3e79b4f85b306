import type { Db } from '../../database/client.ts'
import type { Project } from '../../database/generated/client.ts'
import { experimentSchema } from '../rows/experimentSchema.ts'
import { flagSchema } from '../rows/flagSchema.ts'
import { importEvents, validateEvents } from './importEvents.ts'
import { importExperiments } from './importExperiments.ts'
import { importFlags } from './importFlags.ts'
import { type InputFile, openInputFile } from './inputFile.ts'
import type { InputRow } from './inputRow.ts'
import { noProgress, type Progress } from './progress.ts'
import { ImportReport } from './report.ts'
import { type ImportTarget, targetProject } from './targetProject.ts'
import { validateRows } from './validateRows.ts'

/** The advisory lock that lets only one import run at a time. The two numbers below are the locks of the migrations and the demo data. */
const importLock = 6_650_994
const dayMs = 24 * 60 * 60 * 1000

export interface ImportOptions {
  /** In any order: flags are imported before experiments. */
  files: readonly string[]
  target: ImportTarget
  progress?: Progress
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
      progress.begin('Events', totalBytes(eventFiles))
      for (const { path } of eventFiles) await importEvents(tx, project.id, path, report, progress)
      return project
    },
    { maxWait: dayMs, timeout: dayMs },
  )
  return { project, report }
}

async function readContent(files: readonly string[], report: ImportReport, progress: Progress) {
  const sources: InputFile[] = []
  for (const path of files) sources.push(await openInputFile(path))

  progress.begin('Reading', totalBytes(sources))
  const flags = validateRows('feature flags', flagSchema, getRows(sources, 'featureFlags'), report)
  const experiments = validateRows('experiments', experimentSchema, getRows(sources, 'experiments'), report)
  for (const { kind, path, bytes } of sources) {
    if (kind === 'nothing') report.note(`${path}: it has no rows`)
    if (kind === 'events') await validateEvents(path, report, progress)
    else progress.advance(bytes)
  }
  return { flags, experiments, eventFiles: sources.filter(({ kind }) => kind === 'events') }
}

function totalBytes(files: readonly InputFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

function getRows(sources: readonly InputFile[], kind: 'featureFlags' | 'experiments'): InputRow[] {
  return sources
    .filter((source) => source.kind === kind)
    .flatMap(({ path, rows }) => rows.map((value, index) => ({ file: path, place: `row ${index + 1}`, value })))
}
