import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan, RowState } from '../../../commands/command.ts'
import { diffValues } from '../../../commands/diff.ts'
import type { FeatureFlag, Prisma, Project } from '../../../database/generated/client.ts'
import { createFlag, type NewFlag, newFlagChange } from '../../featureFlags/data/createFlag.ts'
import { fingerprintMetrics } from '../../metrics/rules/fingerprint.ts'

type OwnColumns = 'id' | 'projectId' | 'featureFlagId' | 'createdById' | 'createdAt' | 'updatedAt' | 'savedMetrics'

type NewExperimentColumns = Omit<Prisma.ExperimentUncheckedCreateInput, OwnColumns> & {
  startDate: Date | null
  metrics: Prisma.InputJsonObject[]
  metricsSecondary: Prisma.InputJsonObject[]
  onlyCountMaturedUsers: boolean
  statsConfig: Prisma.InputJsonObject
  exposureCriteria: Prisma.InputJsonObject
}

interface NewExperiment {
  project: Project
  columns: NewExperimentColumns
  /** A live flag that is used unchanged, or a new flag that is created with the experiment. */
  flag: FeatureFlag | NewFlag
  /** The rows that the values come from. */
  rows: readonly RowState[]
  savedMetrics?: { savedMetricId: number; metadata: Prisma.InputJsonValue }[]
}

/** Plans a new experiment, and its flag if that is new. One transaction writes both. */
export function planCreate(actor: Actor, { project, columns, flag, rows, savedMetrics = [] }: NewExperiment): CommandPlan {
  const usesExistingFlag = 'id' in flag
  const row = {
    ...columns,
    metrics: fingerprintMetrics(columns.metrics, columns),
    metricsSecondary: fingerprintMetrics(columns.metricsSecondary, columns),
  }
  // Without empty lists, so that the diff shows only the values that are set.
  const shownValues = Object.fromEntries(Object.entries(row).filter(([, value]) => !(Array.isArray(value) && value.length === 0)))
  const { key, name, active, filters } = flag
  const settings = usesExistingFlag ? {} : settingsOf(flag)
  return {
    project,
    resource: { type: 'EXPERIMENT', id: null },
    experimentName: columns.name,
    flag: usesExistingFlag ? null : newFlagChange(flag, true),
    rows,
    before: {},
    after: {
      ...diffValues({}, shownValues).after,
      ...(savedMetrics.length === 0 ? {} : { savedMetrics }),
      featureFlag: (usesExistingFlag ? { id: flag.id, key } : { key, name, active, filters, ...settings }) as Prisma.InputJsonObject,
    },
    apply: async (tx) => {
      const { id: featureFlagId, version } = usesExistingFlag ? flag : await createFlag(tx, actor, flag)
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
      return { id, experimentId: id, featureFlagId: usesExistingFlag ? null : featureFlagId, version: usesExistingFlag ? null : version }
    },
  }
}

/** What a new flag has from the settings of its project. */
function settingsOf({ evaluationContexts, ensureExperienceContinuity }: NewFlag) {
  return {
    ...(evaluationContexts === undefined ? {} : { evaluationContexts }),
    ...(ensureExperienceContinuity === undefined ? {} : { ensureExperienceContinuity }),
  }
}

/** The settings of a project that new experiments get their defaults from. */
export function projectDefaults(project: Project): RowState {
  const { defaultExperimentStatsMethod, defaultExperimentConfidenceLevel, defaultOnlyCountMaturedUsers } = project
  return {
    type: 'PROJECT',
    id: project.id,
    values: {
      defaultExperimentStatsMethod: { before: defaultExperimentStatsMethod },
      defaultExperimentConfidenceLevel: { before: defaultExperimentConfidenceLevel },
      defaultOnlyCountMaturedUsers: { before: defaultOnlyCountMaturedUsers },
    },
  }
}
