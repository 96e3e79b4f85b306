import type { Db, Transaction } from '../../database/client.ts'
import type { EventsElsewhere } from '../../database/events/eventStore.ts'
import type { Project } from '../../database/generated/client.ts'
import { asObject } from '../../platform/json.ts'
import { OperatorError } from '../../platform/operatorError.ts'
import type { Collection, CollectionRow } from '../collections/collection.ts'
import { type CollectionKind, collections, collectionsAfterFlags, collectionsBeforeFlags } from '../collections/collections.ts'
import { groupTypeSchema } from '../collections/groupTypes.ts'
import { contextsSchema, projectSettingsSchema } from '../collections/projectSettings.ts'
import { type ExperimentJson, experimentSchema } from '../rows/experimentSchema.ts'
import { positiveInteger } from '../rows/fields.ts'
import { flagSchema } from '../rows/flagSchema.ts'
import type { Numbering } from '../rows/references.ts'
import { importCollection } from './importCollection.ts'
import { importEvents, validateEvents } from './importEvents.ts'
import { importExperiments } from './importExperiments.ts'
import { importFlags } from './importFlags.ts'
import { importGroupTypes } from './importGroupTypes.ts'
import { importContexts, importProjectSettings } from './importSettings.ts'
import { type InputFile, openInputFile } from './inputFile.ts'
import type { InputRow } from './inputRow.ts'
import { nestedFlags } from './nestedFlags.ts'
import { projectNumbering } from './numbering.ts'
import { noProgress, type Progress } from './progress.ts'
import { ImportReport } from './report.ts'
import type { RowKind } from './rowKinds.ts'
import { type ImportTarget, targetProject } from './targetProject.ts'
import { type ValidRow, validateRows } from './validateRows.ts'

/** The advisory lock that lets only one import run at a time. The two numbers below are the locks of the migrations and the demo data. */
export const importLock = 6_650_994
const dayMs = 24 * 60 * 60 * 1000

export interface ImportOptions {
  /** In any order: what other rows name is imported before them. */
  files: readonly string[]
  target: ImportTarget
  progress?: Progress
  /** Events that are kept in ClickHouse. Such events are not imported. */
  eventsElsewhere?: EventsElsewhere | undefined
}

/**
 * Imports pages of PostHog's REST API, and files with one event per line, into a project. Everything is written in one transaction.
 * Malformed rows are skipped and reported.
 *
 * @throws OperatorError if a file cannot be read, the target is wrong, or the events of the project are in ClickHouse. Nothing is written then.
 */
export async function importFiles(
  db: Db,
  { files, target, progress = noProgress, eventsElsewhere }: ImportOptions,
): Promise<{ project: Project; report: ImportReport }> {
  const report = new ImportReport()
  const { flags, experiments, groupTypes, settings, contexts, others, eventFiles } = await readContent(files, report, progress)

  const project = await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${importLock})`
      const project = await targetProject(tx, target)
      if (eventsElsewhere?.storeOf(project.id) != null) refuseEvents(project, eventFiles)
      const numbering = await projectNumbering(tx, project.id)
      await numberHoldouts(tx, project.id, experiments, numbering)
      const importOthers = async (kinds: readonly CollectionKind[]) => {
        for (const kind of kinds) {
          await importCollection(
            tx,
            project,
            collections[kind] as Collection,
            others[kind],
            numbering,
            report,
            report.counts[kind],
            progress,
          )
        }
      }
      const otherCount = Object.values(others).reduce((sum, rows) => sum + rows.length, 0)
      progress.begin('Flags and experiments', flags.length + experiments.length + otherCount)
      await importGroupTypes(tx, project, groupTypes, report)
      await importOthers(collectionsBeforeFlags)
      const keepsTimezone = 'createProject' in target && target.timezone !== undefined
      await importProjectSettings(tx, project, settings, keepsTimezone, numbering, report)
      await importContexts(tx, project, contexts, report)
      await importFlags(tx, project, flags, numbering, report, progress)
      const nested = await nestedFlags(tx, project.id, experiments, report)
      await importFlags(tx, project, nested, numbering, report, noProgress)
      await importOthers(collectionsAfterFlags)
      const idsOf = (kind: CollectionKind) => new Set(others[kind].map(({ row }) => row.id))
      const imported = { holdouts: idsOf('holdouts'), saved_metrics: idsOf('saved metrics') }
      await importExperiments(tx, project, experiments, imported, numbering, report, progress)
      progress.begin('Events', totalBytes(eventFiles))
      for (const file of eventFiles) await importEvents(tx, project.id, file, report, progress)
      return project
    },
    { maxWait: dayMs, timeout: dayMs },
  )
  return { project, report }
}

/** Events that nobody would read are not stored. */
function refuseEvents(project: Pick<Project, 'id' | 'name'>, [file]: readonly InputFile[]): void {
  if (file === undefined) return
  throw new OperatorError(
    `${file.path} has events, and the events of project ${project.id} (${project.name}) come from ClickHouse (EVENTS_URL): insert them there. ` +
      'Nothing was imported. Leave the files of events out, or unset EVENTS_URL.',
  )
}

/** Flags are written before the experiments that embed their holdouts, and name them by number. */
async function numberHoldouts(
  tx: Transaction,
  projectId: number,
  experiments: readonly ValidRow<ExperimentJson>[],
  numbering: Numbering,
): Promise<void> {
  const ids = experiments.flatMap(({ row }) => positiveInteger.safeParse(asObject(row.holdout)?.id).data ?? [])
  const unmarked = await tx.holdout.findMany({ where: { projectId, importedId: null, id: { in: ids } }, select: { id: true } })
  const own = new Set(unmarked.map(({ id }) => id))
  await numbering.allocate(
    'holdouts',
    ids.filter((id) => !own.has(id)),
  )
}

async function readContent(files: readonly string[], report: ImportReport, progress: Progress) {
  const sources: InputFile[] = []
  for (const path of files) sources.push(await openInputFile(path))

  progress.begin('Reading', totalBytes(sources))
  const flags = validateRows('feature flags', flagSchema, getRows(sources, 'feature flags'), report)
  const experiments = validateRows('experiments', experimentSchema, getRows(sources, 'experiments'), report)
  const groupTypes = validateRows('group types', groupTypeSchema, getRows(sources, 'group types'), report)
  const settings = validateRows('project settings', projectSettingsSchema, getRows(sources, 'project settings'), report)
  const contexts = validateRows('evaluation contexts', contextsSchema, getRows(sources, 'evaluation contexts'), report)
  const others = Object.fromEntries(
    Object.entries(collections).map(([name, { schema }]) => {
      const kind = name as CollectionKind
      return [kind, validateRows<CollectionRow>(kind, schema, getRows(sources, kind), report)]
    }),
  ) as Record<CollectionKind, ValidRow<CollectionRow>[]>
  for (const file of sources) {
    if (file.kind === 'events') {
      await validateEvents(file, report, progress)
      continue
    }
    if (file.kind === 'nothing') report.note(`${file.path}: it has no rows`)
    else report.recognize(file, [])
    progress.advance(file.bytes)
  }
  return { flags, experiments, groupTypes, settings, contexts, others, eventFiles: sources.filter(({ kind }) => kind === 'events') }
}

function totalBytes(files: readonly InputFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

function getRows(sources: readonly InputFile[], kind: RowKind): InputRow[] {
  return sources
    .filter((source) => source.kind === kind)
    .flatMap(({ path, rows }) => (rows ?? []).map((value, index) => ({ file: path, place: `row ${index + 1}`, value })))
}
