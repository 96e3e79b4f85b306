import type { Actor } from '../auth/actor.ts'
import { visibleProjects } from '../auth/visibility.ts'
import { allOf } from '../database/allOf.ts'
import type { Transaction } from '../database/client.ts'
import type { Experiment, FeatureFlag, Holdout, Prisma, Project } from '../database/generated/client.ts'
import { ResourceNotFoundError } from '../platform/domainErrors.ts'

// Rows are always locked in the order change request, holdout, experiment, flag, so that writers do not deadlock. The locks are hand-written SQL, because
// Prisma has none. NO KEY UPDATE lets other transactions insert rows that reference a locked row.

/**
 * Returns a project that the actor may see, for a new object in it.
 *
 * @param notFoundMessage the error message if there is none
 * @throws ResourceNotFoundError if there is no such project.
 */
export async function findWritableProject(
  tx: Transaction,
  actor: Actor,
  id: number,
  notFoundMessage = 'Project not found.',
): Promise<Project> {
  const project = await tx.project.findFirst({ where: allOf<Prisma.ProjectWhereInput>({ id }, visibleProjects(actor)) })
  if (project === null) throw new ResourceNotFoundError(notFoundMessage)
  return project
}

/** Locks the row of a flag until the transaction ends. Does not check whether the actor may see it. */
export async function lockFlagRow(tx: Transaction, id: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM feature_flags WHERE id = ${id}::int FOR NO KEY UPDATE`
}

/** The same for several flags. */
export async function lockFlagRows(tx: Transaction, ids: readonly number[]): Promise<void> {
  await tx.$queryRaw`SELECT id FROM feature_flags WHERE id = ANY (${[...ids]}::int[]) ORDER BY id FOR NO KEY UPDATE`
}

/** The same for an experiment. Its flag is not locked. */
export async function lockExperimentRow(tx: Transaction, id: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM experiments WHERE id = ${id}::int FOR NO KEY UPDATE`
}

/** The same for a holdout. */
export async function lockHoldoutRow(tx: Transaction, id: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM holdouts WHERE id = ${id}::int FOR NO KEY UPDATE`
}

/** Keeps the percentage of a holdout as it is until the transaction ends, for a flag that gets a copy of it. */
export async function shareHoldoutRow(tx: Transaction, id: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM holdouts WHERE id = ${id}::int FOR SHARE`
}

/**
 * Returns a holdout that the actor may see, locked until the transaction ends.
 *
 * @throws ResourceNotFoundError if there is no such holdout.
 */
export async function lockHoldout(tx: Transaction, actor: Actor, id: number): Promise<Holdout & { project: Project }> {
  await lockHoldoutRow(tx, id)
  const holdout = await tx.holdout.findFirst({ where: { id, project: visibleProjects(actor) }, include: { project: true } })
  if (holdout === null) throw new ResourceNotFoundError('Holdout not found.')
  return holdout
}

/**
 * Returns a flag that the actor may see, locked until the transaction ends.
 *
 * @throws ResourceNotFoundError if there is no such flag.
 */
export async function lockFlag(tx: Transaction, actor: Actor, id: number): Promise<FeatureFlag & { project: Project }> {
  await lockFlagRow(tx, id)
  const flag = await tx.featureFlag.findFirst({ where: { id, project: visibleProjects(actor) }, include: { project: true } })
  if (flag === null) throw new ResourceNotFoundError('Feature flag not found.')
  return flag
}

/** A locked experiment, with its locked flag and its project. */
export type LockedExperiment = Experiment & { project: Project; featureFlag: FeatureFlag }

/**
 * Returns an experiment that the actor may see, with its flag. Both are locked until the transaction ends.
 *
 * @param deleted whether to include deleted experiments, to restore one
 * @throws ResourceNotFoundError if there is no such experiment.
 */
export async function lockExperiment(
  tx: Transaction,
  actor: Actor,
  id: number,
  { deleted = false }: { deleted?: boolean } = {},
): Promise<LockedExperiment> {
  await lockExperimentRow(tx, id)
  await tx.$queryRaw`
    SELECT f.id FROM feature_flags f JOIN experiments e ON e.feature_flag_id = f.id WHERE e.id = ${id}::int FOR NO KEY UPDATE OF f`
  const experiment = await tx.experiment.findFirst({
    where: allOf<Prisma.ExperimentWhereInput>({ id, project: visibleProjects(actor) }, deleted ? {} : { deleted: false }),
    include: { project: true, featureFlag: true },
  })
  if (experiment === null) throw new ResourceNotFoundError('Experiment not found.')
  return experiment
}
