import type { Actor } from '../../../auth/actor.ts'
import type { Plan } from '../../../commands/command.ts'
import { differences } from '../../../commands/diff.ts'
import type { FeatureFlag, Prisma, Project } from '../../../database/generated/client.ts'
import { birthOf, createFlag, type NewFlag } from '../../featureFlags/data/createFlag.ts'
import { fingerprinted } from '../rules/fingerprint.ts'

type Columns = Omit<
  Prisma.ExperimentUncheckedCreateInput,
  | 'id'
  | 'projectId'
  | 'featureFlagId'
  | 'createdById'
  | 'createdAt'
  | 'updatedAt'
  | 'metrics'
  | 'metricsSecondary'
  | 'savedMetrics'
  | 'startDate'
> & {
  startDate: Date | null
  metrics: Prisma.InputJsonObject[]
  metricsSecondary: Prisma.InputJsonObject[]
  onlyCountMaturedUsers: boolean
  statsConfig: Prisma.InputJsonObject
  exposureCriteria: Prisma.InputJsonObject
}

interface NewExperiment {
  project: Project
  columns: Columns
  /** A live flag that is used as it is, or one that is made with the experiment. */
  flag: FeatureFlag | NewFlag
  savedMetrics?: { savedMetricId: number; metadata: Prisma.InputJsonValue }[]
}

/** Plans a new experiment, and its flag where that is new too: both in one write, or none. */
export function planNewExperiment(actor: Actor, { project, columns, flag, savedMetrics = [] }: NewExperiment): Plan {
  const stored = 'id' in flag
  const row = {
    ...columns,
    metrics: fingerprinted(columns.metrics, columns),
    metricsSecondary: fingerprinted(columns.metricsSecondary, columns),
  }
  const { key, name, active, filters } = flag
  return {
    project,
    resource: { type: 'EXPERIMENT', id: null },
    experimentName: columns.name,
    flag: stored ? null : birthOf(flag, true),
    before: {},
    after: {
      ...differences({}, shown(row)).after,
      featureFlag: (stored ? { id: flag.id, key } : { key, name, active, filters }) as Prisma.InputJsonObject,
    },
    write: async (tx) => {
      const { id: featureFlagId, version } = stored ? flag : await createFlag(tx, actor, flag)
      const { id } = await tx.experiment.create({
        data: {
          ...row,
          projectId: project.id,
          featureFlagId,
          createdById: actor.user.id,
          createdAt: actor.now,
          updatedAt: actor.now,
          ...(savedMetrics.length === 0 ? {} : { savedMetrics: { create: savedMetrics } }),
        },
        select: { id: true },
      })
      return { id, experimentId: id, featureFlagId: stored ? null : featureFlagId, version: stored ? null : version }
    },
  }
}

/** What is not set is not shown. */
function shown(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)),
  )
}
