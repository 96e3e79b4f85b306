import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan, RowState } from '../../../commands/command.ts'
import { diffValues } from '../../../commands/diff.ts'
import type { FeatureFlag, Prisma, Project, SavedMetric } from '../../../database/generated/client.ts'
import { createFlag, type NewFlag, newFlagChange } from '../../featureFlags/data/createFlag.ts'
import { settingsForNewFlag } from '../../featureFlags/data/newFlagRules.ts'
import { fingerprintMetrics } from '../../metrics/rules/fingerprint.ts'
import { savedMetricState } from './metricLinks.ts'

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
  savedMetrics?: { savedMetric: Pick<SavedMetric, 'id' | 'query'>; metadata: Prisma.InputJsonValue }[]
  /** Whether the name was made up, because it was free. */
  chosenName?: boolean
  /** Whether the project can require labels of the new flag. */
  needsLabels: boolean
}

/** Plans a new experiment, and its flag if that is new. One transaction writes both. */
export function planCreate(
  actor: Actor,
  { project, columns, flag, rows, savedMetrics = [], chosenName = false, needsLabels }: NewExperiment,
): CommandPlan {
  const usesExistingFlag = 'id' in flag
  const links = savedMetrics.map(({ savedMetric: { id: savedMetricId }, metadata }) => ({ savedMetricId, metadata }))
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
    rows: [
      ...rows,
      ...(usesExistingFlag
        ? []
        : [
            settingsForNewFlag(project, {
              evaluationContexts: flag.evaluationContexts ?? [],
              usesPersistence: true,
              labels: needsLabels ? flag : null,
            }),
          ]),
      ...savedMetrics.map(({ savedMetric }) => savedMetricState(savedMetric)),
    ],
    ...(chosenName ? { chosenName: columns.name } : {}),
    before: {},
    after: {
      ...diffValues({}, shownValues).after,
      ...(links.length === 0 ? {} : { savedMetrics: links }),
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
          ...(links.length === 0 ? {} : { savedMetrics: { create: links } }),
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
