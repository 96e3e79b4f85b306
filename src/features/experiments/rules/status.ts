import { Prisma } from '../../../database/generated/client.ts'

/** What a person is told about where an experiment stands. */
export type ExperimentStatus = 'DRAFT' | 'RUNNING' | 'PAUSED' | 'STOPPED'

/** Where an experiment stands (experiments.md 1.2), from its dates and whether its flag is on: paused is running with the flag off. */
export function statusOf(experiment: { startDate: Date | null; endDate: Date | null }, flagIsActive: boolean): ExperimentStatus {
  if (experiment.startDate === null) return 'DRAFT'
  if (experiment.endDate !== null) return 'STOPPED'
  return flagIsActive ? 'RUNNING' : 'PAUSED'
}

const running = Prisma.sql`e.start_date IS NOT NULL AND e.end_date IS NULL`
const flagIsActive = Prisma.sql`EXISTS (SELECT FROM feature_flags f WHERE f.id = e.feature_flag_id AND f.active)`

/** The same rule for the rows of `experiments e`; a test holds the two together. */
export const hasStatus: Record<ExperimentStatus, Prisma.Sql> = {
  DRAFT: Prisma.sql`e.start_date IS NULL`,
  RUNNING: Prisma.sql`${running} AND ${flagIsActive}`,
  PAUSED: Prisma.sql`${running} AND NOT ${flagIsActive}`,
  STOPPED: Prisma.sql`e.start_date IS NOT NULL AND e.end_date IS NOT NULL`,
}

/** Draft, running (or paused), stopped: 0, 1, 2. */
export const statusRank = Prisma.sql`CASE WHEN e.start_date IS NULL THEN 0 WHEN e.end_date IS NULL THEN 1 ELSE 2 END::float8`
