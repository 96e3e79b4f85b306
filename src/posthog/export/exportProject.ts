import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Db, Transaction } from '../../database/client.ts'
import type { EventsElsewhere } from '../../database/events/eventStore.ts'
import type { Project } from '../../database/generated/client.ts'
import { errorMessage, explainSystemError, OperatorError } from '../../platform/operatorError.ts'
import { compareCodePoints } from '../../platform/text/compareCodePoints.ts'
import type { Collection } from '../collections/collection.ts'
import { type CollectionKind, collections } from '../collections/collections.ts'
import { collectionTable } from '../collections/collectionTable.ts'
import { holdouts } from '../collections/holdouts.ts'
import { contextsToJson, settingsToJson } from '../collections/projectSettings.ts'
import type { Progress } from '../import/progress.ts'
import { findProject } from '../import/targetProject.ts'
import { chunk } from '../import/writeRows.ts'
import { experimentToJson } from '../rows/experimentSchema.ts'
import { flagToJson } from '../rows/flagSchema.ts'
import { mapReferences, type NumberMaps } from '../rows/references.ts'
import { toJsonTime } from '../rows/toJsonTime.ts'
import { exportedIds, nextNumber, type RowIds } from './exportedIds.ts'
import { linesFile, listFile, pageFile, writeObject } from './jsonFile.ts'

/** How long the export of a project may take: it reads one state of the database, however long that takes. */
const dayMs = 24 * 60 * 60 * 1000
const eventsPerQuery = 5_000

/** The files of the smaller collections, named as in the URLs of the REST API. */
const fileNames: Readonly<Record<CollectionKind, string>> = {
  cohorts: 'cohorts.json',
  actions: 'actions.json',
  holdouts: 'experiment_holdouts.json',
  'saved metrics': 'experiment_saved_metrics.json',
  prompts: 'llm_prompts.json',
  surveys: 'surveys.json',
  'product tours': 'product_tours.json',
}

/** A file that was written, and its number of rows. */
export interface ExportedFile {
  name: string
  rows: number
}

/**
 * Writes a project as pages of the REST API, which `importFiles` reads. All files show the project at one moment.
 *
 * @param folder a folder that does not exist, or is empty
 * @param eventsElsewhere events that are kept in ClickHouse. Such events are not exported.
 * @throws OperatorError if there is no such project, or the folder cannot be written. No folder is left behind then.
 */
export async function exportProject(
  db: Db,
  {
    project: name,
    folder,
    progress,
    eventsElsewhere,
  }: { project: string; folder: string; progress: Progress; eventsElsewhere?: EventsElsewhere | undefined },
): Promise<{ project: Project; files: ExportedFile[]; withoutEvents: boolean }> {
  const partial = join(dirname(folder), `.${basename(folder)}.${process.pid}`)
  try {
    await assertEmpty(folder)
    await makeFolder(partial)
    const exported = await db.$transaction(
      async (tx) => {
        await tx.$executeRaw`SET TRANSACTION READ ONLY`
        const project = await findProject(tx, name)
        const withoutEvents = eventsElsewhere?.storeOf(project.id) != null
        return { project, withoutEvents, files: await writeFiles(tx, project, partial, progress, withoutEvents) }
      },
      { isolationLevel: 'RepeatableRead', maxWait: dayMs, timeout: dayMs },
    )
    await rm(folder, { recursive: true, force: true })
    await rename(partial, folder)
    return exported
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => {})
    if (error instanceof OperatorError) throw error
    const explained = explainSystemError(error, folder)
    throw explained === null ? error : new OperatorError(explained)
  }
}

/** Creates a folder and those above it. Node's own way never ends in a place that takes no folders, such as /proc. */
async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path)
  try {
    await mkdir(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(parent)) throw error
    await makeFolder(parent)
    await mkdir(path)
  }
}

async function assertEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new OperatorError(
      error.code === 'ENOTDIR'
        ? `${folder} is not a folder.`
        : (explainSystemError(error, folder) ?? `${folder} cannot be read: ${errorMessage(error)}`),
    )
  })
  if (entries.length > 0) throw new OperatorError(`${folder} is not empty. Name a new folder.`)
}

/** The numbers of the rows that filters and metrics name, where the export has another one. */
async function exportedNumbers(tx: Transaction, projectId: number, flags: ReadonlyMap<number, number>): Promise<NumberMaps> {
  const select = { where: { projectId }, select: { id: true, importedId: true }, orderBy: { id: 'asc' } } as const
  const changed = (ids: ReadonlyMap<number, number>) => new Map([...ids].filter(([id, exported]) => id !== exported))
  return {
    feature_flags: changed(flags),
    cohorts: changed(numbers(await tx.cohort.findMany(select))),
    actions: changed(numbers(await tx.action.findMany(select))),
    holdouts: changed(numbers(await tx.holdout.findMany(select))),
  }
}

async function writeFiles(
  tx: Transaction,
  project: Project,
  folder: string,
  progress: Progress,
  withoutEvents: boolean,
): Promise<ExportedFile[]> {
  const projectId = project.id
  const ids = {
    flags: numbers(await tx.featureFlag.findMany({ where: { projectId }, select: { id: true, importedId: true }, orderBy: { id: 'asc' } })),
    experiments: numbers(
      await tx.experiment.findMany({ where: { projectId }, select: { id: true, importedId: true }, orderBy: { id: 'asc' } }),
    ),
  }
  const keys = new Map(
    (await tx.featureFlag.findMany({ where: { projectId }, select: { id: true, key: true } })).map(({ id, key }) => [id, key]),
  )
  const reference = (flagId: unknown) => {
    const id = ids.flags.get(Number(flagId))
    return flagId === null || id === undefined ? null : { id, key: keys.get(Number(flagId)) ?? '' }
  }
  const maps = await exportedNumbers(tx, projectId, ids.flags)
  const otherIds = new Map<CollectionKind, ReadonlyMap<number | string, number | string>>()
  const files: ExportedFile[] = []
  const eventCount = withoutEvents ? 0 : await tx.event.count({ where: { projectId } })
  progress.begin('Exporting', ids.flags.size + ids.experiments.size + eventCount)

  files.push(await exportSettings(project, maps, folder))
  files.push(await exportContexts(tx, projectId, folder))
  files.push(await exportGroupTypes(tx, projectId, folder))
  for (const [name, collection] of Object.entries(collections)) {
    const kind = name as CollectionKind
    const exported = await exportCollection(tx, projectId, collection, join(folder, fileNames[kind]), reference, maps)
    otherIds.set(kind, exported)
    files.push({ name: fileNames[kind], rows: exported.size })
  }
  files.push(await exportFlags(tx, ids.flags, maps, folder, progress))
  files.push(await exportExperiments(tx, ids.experiments, otherIds, reference, maps, folder, progress))
  if (!withoutEvents) files.push(await exportEvents(tx, projectId, eventCount, folder, progress))
  return files
}

const numbers = (rows: readonly RowIds<number>[]) => exportedIds(rows, nextNumber)

async function exportSettings(project: Project, maps: NumberMaps, folder: string): Promise<ExportedFile> {
  await writeObject(join(folder, 'project.json'), mapReferences(settingsToJson(project), maps))
  return { name: 'project.json', rows: 1 }
}

async function exportContexts(tx: Transaction, projectId: number, folder: string): Promise<ExportedFile> {
  const contexts = await tx.evaluationContext.findMany({ where: { projectId }, select: { name: true, isDefault: true } })
  const sorted = contexts.toSorted((a, b) => compareCodePoints(a.name, b.name))
  await writeObject(join(folder, 'default_evaluation_contexts.json'), contextsToJson(sorted))
  return { name: 'default_evaluation_contexts.json', rows: contexts.length }
}

async function exportGroupTypes(tx: Transaction, projectId: number, folder: string): Promise<ExportedFile> {
  const groupTypes = await tx.groupType.findMany({ where: { projectId }, orderBy: { index: 'asc' } })
  const file = listFile(join(folder, 'groups_types.json'))
  for (const { name, index, singular, plural } of groupTypes) {
    await file.write({ group_type: name, group_type_index: index, name_singular: singular, name_plural: plural })
  }
  await file.end()
  return { name: 'groups_types.json', rows: groupTypes.length }
}

async function exportCollection(
  tx: Transaction,
  projectId: number,
  collection: Collection,
  path: string,
  reference: (flagId: unknown) => { id: number; key: string } | null,
  maps: NumberMaps,
): Promise<ReadonlyMap<number | string, number | string>> {
  const table = collectionTable(tx, collection.table)
  const rows = await table.findMany({ where: { projectId }, select: { id: true, importedId: true } })
  const ids = exportedIds<number | string>(
    rows.sort((a, b) => (a.id < b.id ? -1 : 1)),
    (taken) => nextNumber(taken as ReadonlySet<number>),
  )
  const file = pageFile(path, ids.size)
  for (const batch of chunk([...ids])) {
    const included = { ...creatorOf(collection), ...membersOf(collection) }
    const found = await table.findMany({
      where: { id: { in: batch.map(([id]) => id) } },
      ...(Object.keys(included).length === 0 ? {} : { include: included }),
    })
    const stored = new Map(found.map((row) => [row.id, row]))
    for (const [id, exported] of batch) {
      const row = stored.get(id)
      if (row !== undefined) await file.write({ id: exported, ...collection.toJson(mapReferences(row, maps), reference) })
    }
  }
  await file.end()
  return ids
}

const creatorOf = ({ table }: Collection) => (['actions', 'cohorts', 'holdouts', 'savedMetrics'].includes(table) ? { createdBy: true } : {})
const membersOf = ({ table }: Collection) => (table === 'cohorts' ? { members: { orderBy: { distinctId: 'asc' } } } : {})

async function exportFlags(
  tx: Transaction,
  ids: ReadonlyMap<number, number>,
  maps: NumberMaps,
  folder: string,
  progress: Progress,
): Promise<ExportedFile> {
  const file = pageFile(join(folder, 'feature_flags.json'), ids.size)
  for (const batch of chunk([...ids])) {
    const found = await tx.featureFlag.findMany({
      where: { id: { in: batch.map(([id]) => id) } },
      include: { createdBy: true, lastModifiedBy: true, evaluationContexts: { select: { evaluationContext: { select: { name: true } } } } },
    })
    const stored = new Map(found.map((row) => [row.id, row]))
    for (const [id, exported] of batch) {
      const flag = stored.get(id)
      if (flag === undefined) continue
      const contexts = flag.evaluationContexts.map(({ evaluationContext }) => evaluationContext.name).sort()
      await file.write({ id: exported, ...flagToJson(mapReferences(flag, maps), contexts, flag.createdBy, flag.lastModifiedBy) })
    }
    progress.advance(batch.length)
  }
  await file.end()
  return { name: 'feature_flags.json', rows: ids.size }
}

async function exportExperiments(
  tx: Transaction,
  ids: ReadonlyMap<number, number>,
  otherIds: ReadonlyMap<CollectionKind, ReadonlyMap<number | string, number | string>>,
  reference: (flagId: unknown) => { id: number; key: string } | null,
  maps: NumberMaps,
  folder: string,
  progress: Progress,
): Promise<ExportedFile> {
  const exportedId = (kind: CollectionKind, id: number) => Number(otherIds.get(kind)?.get(id) ?? id)
  const file = pageFile(join(folder, 'experiments.json'), ids.size)
  for (const batch of chunk([...ids])) {
    const found = await tx.experiment.findMany({
      where: { id: { in: batch.map(([id]) => id) } },
      include: { createdBy: true, holdout: { include: { createdBy: true } }, savedMetrics: { include: { savedMetric: true } } },
    })
    const stored = new Map(found.map((row) => [row.id, row]))
    for (const [id, exported] of batch) {
      const found = stored.get(id)
      if (found === undefined) continue
      const { holdout, savedMetrics: links, createdBy, ...columns } = found
      const experiment = mapReferences(columns, maps)
      const savedMetrics = links
        .map(({ savedMetric, metadata }) => ({
          id: exportedId('saved metrics', savedMetric.id),
          ...{ name: savedMetric.name, query: mapReferences(savedMetric.query, maps), metadata },
        }))
        .sort((a, b) => a.id - b.id)
      await file.write({
        id: exported,
        ...experimentToJson(
          { ...experiment, exposureCohortId: experiment.exposureCohortId && exportedId('cohorts', experiment.exposureCohortId) },
          {
            flag: reference(experiment.featureFlagId),
            holdout: holdout && { id: exportedId('holdouts', holdout.id), ...holdouts.toJson(mapReferences(holdout, maps), reference) },
            savedMetrics,
          },
          createdBy,
        ),
      })
    }
    progress.advance(batch.length)
  }
  await file.end()
  return { name: 'experiments.json', rows: ids.size }
}

/** Without events, there is no file: an empty one cannot be recognized. */
async function exportEvents(tx: Transaction, projectId: number, count: number, folder: string, progress: Progress): Promise<ExportedFile> {
  if (count === 0) return { name: 'events.ndjson', rows: 0 }
  const file = linesFile(join(folder, 'events.ndjson'))
  for (let after: string | undefined; ; ) {
    const events = await tx.event.findMany({
      where: after === undefined ? { projectId } : { projectId, id: { gt: after } },
      orderBy: { id: 'asc' },
      take: eventsPerQuery,
    })
    for (const { id, event, distinctId, timestamp, properties } of events) {
      await file.write({ uuid: id, event, distinct_id: distinctId, timestamp: toJsonTime(timestamp), properties })
    }
    progress.advance(events.length)
    after = events.at(-1)?.id
    if (events.length < eventsPerQuery) break
  }
  await file.end()
  return { name: 'events.ndjson', rows: count }
}
