import type { Transaction } from '../../../../database/client.ts'
import { isInt4 } from '../../../../platform/globalId.ts'
import { findReferencedFlag } from '../../rules/flagDependencies.ts'
import { collectReferences, mapReferences } from '../../rules/mapReferences.ts'
import { findReferable } from '../conditionReferences.ts'

/** What the filters of some flags name in one project, as another project calls it. */
export interface CopiedReferences {
  /** What the other project lacks, in sentences. */
  problems: string[]
  /**
   * Returns the filters for the other project.
   *
   * @param flag what conditions call the copy of a flag, by the number of the original
   */
  translate(filters: unknown, flag: (sourceId: number) => string): unknown
}

/** Looks up what filters name: cohorts and group types by their names, in both projects. */
export async function loadCopiedReferences(
  tx: Transaction,
  sourceId: number,
  targetId: number,
  filters: readonly unknown[],
): Promise<CopiedReferences> {
  const references = filters.map(collectReferences)
  const flags = await findReferable(tx, sourceId, [...new Set(references.flatMap((each) => each.flags))])
  const cohorts = await loadCohorts(
    tx,
    sourceId,
    targetId,
    references.flatMap((each) => each.cohorts),
  )
  const groupTypes = await loadGroupTypes(
    tx,
    sourceId,
    targetId,
    references.flatMap((each) => each.groupTypes),
  )
  const flagId = (reference: string) => findReferencedFlag(reference, flags)?.id
  const lost = [...new Set(references.flatMap((each) => each.flags))].filter((reference) => flagId(reference) === undefined)
  const lostProblems = lost.map(
    (reference) => `The flag depends on ${JSON.stringify(reference.slice(0, 400))}, which its project does not have.`,
  )
  return {
    problems: [...cohorts.problems, ...groupTypes.problems, ...lostProblems],
    translate: (filters, flag) =>
      mapReferences(filters, {
        cohort: (value) => cohorts.ids.get(String(value)) ?? value,
        groupType: (index) => groupTypes.indexes.get(Number(index)) ?? index,
        flag: (reference) => {
          const id = flagId(String(reference))
          return id === undefined ? reference : flag(id)
        },
      }),
  }
}

async function loadCohorts(tx: Transaction, sourceId: number, targetId: number, values: readonly unknown[]) {
  const numbers = [...new Set(values.map(String))]
  const ids = new Map<string, number>()
  if (numbers.length === 0) return { ids, problems: [] }
  const sources = await tx.cohort.findMany({
    where: { projectId: sourceId, deleted: false, id: { in: numbers.map(Number).filter(isInt4) } },
    select: { id: true, name: true },
  })
  const names = sources.flatMap(({ name }) => name ?? [])
  const targets = await tx.cohort.findMany({
    where: { projectId: targetId, deleted: false, name: { in: names } },
    select: { id: true, name: true },
    take: 1_000,
  })
  const problems = numbers.flatMap((number) => {
    const source = sources.find(({ id }) => String(id) === number)
    if (source === undefined) return [`The flag names the cohort ${number.slice(0, 40)}, which its project does not have.`]
    const [match, another] = source.name === null ? [] : targets.filter(({ name }) => name === source.name)
    if (match !== undefined && another === undefined) ids.set(number, match.id)
    const quoted = source.name === null ? `like ${number}` : JSON.stringify(source.name)
    if (match === undefined) return [`The target project has no cohort ${source.name === null ? quoted : `named ${quoted}`}.`]
    return another === undefined ? [] : [`The target project has several cohorts named ${quoted}.`]
  })
  return { ids, problems }
}

async function loadGroupTypes(tx: Transaction, sourceId: number, targetId: number, values: readonly unknown[]) {
  const wanted = [...new Set(values.map(Number))]
  const indexes = new Map<number, number>()
  if (wanted.length === 0) return { indexes, problems: [] }
  const types = await tx.groupType.findMany({ where: { projectId: { in: [sourceId, targetId] } } })
  const problems = wanted.flatMap((index) => {
    const source = types.find((type) => type.projectId === sourceId && type.index === index)
    if (source === undefined) return [`The flag is about the group type ${index}, which has no name in its project.`]
    const target = types.find((type) => type.projectId === targetId && type.name === source.name)
    if (target === undefined) return [`The target project has no group type named ${JSON.stringify(source.name)}.`]
    indexes.set(index, target.index)
    return []
  })
  return { indexes, problems }
}
