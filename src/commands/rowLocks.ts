import type { Actor } from '../auth/actor.ts'
import { visibleProjects } from '../auth/visibility.ts'
import { allOf } from '../database/allOf.ts'
import type { Experiment, FeatureFlag, Prisma, Project } from '../database/generated/client.ts'
import type { Transaction } from '../database/open.ts'
import { ResourceNotFoundError } from '../platform/domainErrors.ts'

// Rows are locked in one order, so that no two writers wait for each other: change request, experiment, flag. Prisma cannot lock, so
// the locks are hand-written; NO KEY UPDATE, because rows that merely refer to a locked one need not wait.

/**
 * A project that the actor may see: where a creation puts its rows.
 *
 * @param notFoundMessage what is said when there is none
 * @throws NotFoundRefusal
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

/** Locks the row of a flag until the transaction ends, whoever may see it. */
export async function lockFlagRow(tx: Transaction, id: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM feature_flags WHERE id = ${id}::int FOR NO KEY UPDATE`
}

/** The same for an experiment. Its flag is not locked. */
export async function lockExperimentRow(tx: Transaction, id: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM experiments WHERE id = ${id}::int FOR NO KEY UPDATE`
}

/**
 * A flag that the actor may see, locked until the transaction ends.
 *
 * @throws NotFoundRefusal
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
 * An experiment that the actor may see, and its flag, both locked until the transaction ends.
 *
 * @param deleted also one that is deleted, to restore it
 * @throws NotFoundRefusal
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
