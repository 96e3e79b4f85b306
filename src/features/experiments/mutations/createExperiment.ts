import { defineCommand } from '../../../commands/registry.ts'
import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { builder } from '../../../graphql/builder.ts'
import { BadUserInputError } from '../../../graphql/errors.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import { lockFlagByKey } from '../../featureFlags/data/createFlag.ts'
import { validateFlagKey } from '../../featureFlags/rules/validateFlag.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { resolveInputProject } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planCreate } from '../data/planCreate.ts'
import { validateKnownNames } from '../data/unknownNames.ts'
import { Experiment, ExperimentType } from '../Experiment.ts'
import { flagForExperiment, validateExperimentFlag } from '../rules/flagForExperiment.ts'
import { assignMetricIds } from '../rules/metricIds.ts'
import { applyExposureDefaults, applyStatsDefaults, validateStatsConfig } from '../rules/statsConfig.ts'
import { validateDates, validateExperiment } from '../rules/validateExperiment.ts'
import { toFilterVariants, type VariantInput, validateVariants } from '../rules/variantInputs.ts'
import { VariantInputType } from '../VariantInput.ts'

interface CreateExperimentData {
  projectId: number
  name: string
  featureFlagKey: string
  description: string
  type: typeof ExperimentType.$inferType
  variants: VariantInput[] | null
  rolloutPercentage: number
  metrics: Prisma.JsonValue[]
  metricsSecondary: Prisma.JsonValue[]
  statsConfig: Prisma.JsonValue
  exposureCriteria: Prisma.JsonValue
  holdoutId: string | null
  /** RFC 3339, as a stored change request holds it. */
  startDate: string | null
  endDate: string | null
  allowUnknownEvents: boolean
}

const createExperiment = defineCommand<CreateExperimentData>({
  name: 'createExperiment',
  plan: async (tx, actor, input) => {
    const project = await findWritableProject(tx, actor, input.projectId)
    const existing = await lockFlagByKey(tx, project.id, input.featureFlagKey)
    const [startDate, endDate] = [input.startDate, input.endDate].map((date) => (date === null ? null : new Date(date))) as [
      Date | null,
      Date | null,
    ]
    const holdout = await findHoldout(tx, project.id, input.holdoutId)
    const variants = existing === null ? input.variants : null
    const filters = existing?.filters ?? flagForExperiment({ experimentName: '', variants, rolloutPercentage: 100, holdout: null }).filters
    const fieldErrors = [
      ...validateExperiment(input),
      ...validateFlagKey(['featureFlagKey'], input.featureFlagKey),
      ...(variants === null || variants.length === 0 ? [] : validateVariants(variants)),
      ...(existing === null ? [] : validateExperimentFlag(existing.filters).map((message) => fieldError(['featureFlagKey'], message))),
      ...validateStatsConfig(
        input.statsConfig,
        getVariants(filters).map(({ key }) => key),
      ),
      ...validateDates(startDate, endDate),
      ...(holdout === undefined
        ? [fieldError(['holdoutId'], `Invalid pk "${input.holdoutId}" - object does not exist.`, 'does_not_exist')]
        : []),
    ]
    assertValid([...fieldErrors, ...(fieldErrors.length > 0 ? [] : await validateMetricNames(tx, project.id, input))])

    const [metrics, metricsSecondary] = assignMetricIds(input.metrics, input.metricsSecondary, new Set()) as [
      Prisma.InputJsonObject[],
      Prisma.InputJsonObject[],
    ]
    const newFlag = flagForExperiment({
      experimentName: input.name,
      variants: variants === null || variants.length === 0 ? null : variants,
      rolloutPercentage: input.rolloutPercentage,
      holdout: holdout ?? null,
    })
    const servedVariants = getVariants(existing?.filters ?? newFlag.filters)
    return planCreate(actor, {
      project,
      flag: existing ?? { projectId: project.id, key: input.featureFlagKey, active: startDate !== null, ...newFlag },
      columns: {
        name: input.name,
        description: input.description,
        type: input.type,
        startDate,
        endDate,
        holdoutId: holdout?.id ?? null,
        parameters: { feature_flag_variants: toFilterVariants(servedVariants), rollout_percentage: input.rolloutPercentage },
        ...(input.type === 'web'
          ? {
              variants: Object.fromEntries(
                servedVariants.map(({ key, rolloutPercentage }) => [key, { rollout_percentage: rolloutPercentage }]),
              ),
            }
          : {}),
        metrics,
        metricsSecondary,
        statsConfig: applyStatsDefaults(input.statsConfig, project),
        exposureCriteria: applyExposureDefaults(input.exposureCriteria),
        onlyCountMaturedUsers: project.defaultOnlyCountMaturedUsers,
      },
    })
  },
})

async function validateMetricNames(tx: Transaction, projectId: number, input: CreateExperimentData): Promise<FieldError[]> {
  const options = { allowUnknownEvents: input.allowUnknownEvents }
  return [
    ...(await validateKnownNames(tx, projectId, 'metrics', input.metrics, options)),
    ...(await validateKnownNames(tx, projectId, 'metricsSecondary', input.metricsSecondary, options)),
  ]
}

/** The holdout that an id names: null where none is given, undefined where the project has none of it. */
async function findHoldout(tx: Transaction, projectId: number, holdoutId: string | null) {
  if (holdoutId === null) return null
  try {
    const id = parseDatabaseId('Holdout', holdoutId, 'holdoutId')
    return isInt4(id) ? ((await tx.holdout.findFirst({ where: { id, projectId } })) ?? undefined) : undefined
  } catch (error) {
    if (error instanceof BadUserInputError) return undefined
    throw error
  }
}

const CreateExperimentInput = builder.inputType('CreateExperimentInput', {
  description: 'An experiment that is to be made.',
  fields: (t) => ({
    projectId: t.id({ required: true, description: 'The project it is to belong to: its global id, or its number.' }),
    name: t.string({ required: true, description: 'What people call it: 1 to 400 characters, not unique.' }),
    featureFlagKey: t.string({
      required: true,
      description:
        'The key of its flag: 1 to 400 letters, digits, hyphens and underscores. A live flag with this key is used as it is, and must have two ' +
        'variants, one of them `control`; else a flag is made, off for a draft.',
    }),
    description: t.string({ required: false, description: 'What it is about: at most 3,000 characters.' }),
    type: t.field({ type: ExperimentType, required: false, description: 'How it changes what people see; PRODUCT when not given.' }),
    variants: t.field({
      type: [VariantInputType],
      required: false,
      description: 'The variants of a flag that is made: 2 to 20, one of them `control`; `control` and `test`, half each, when not given.',
    }),
    rolloutPercentage: t.float({
      required: false,
      description: 'The share of people who enter it, in per cent, for a flag that is made: 0 to 100; 100 when not given.',
    }),
    metrics: t.field({
      type: ['JSON'],
      required: false,
      description:
        'Its primary metrics, as the REST API has them: at most 100 objects of kind `ExperimentMetric` and type mean, funnel, ratio or retention. ' +
        'A missing or repeated `uuid` is made anew.',
    }),
    metricsSecondary: t.field({ type: ['JSON'], required: false, description: 'Its secondary metrics, in the same form.' }),
    statsConfig: t.field({
      type: 'JSON',
      required: false,
      description:
        'How it is evaluated: `method` (bayesian or frequentist), `baseline_variant_key` and more; what is missing is as the project has it.',
    }),
    exposureCriteria: t.field({
      type: 'JSON',
      required: false,
      description: 'Which people count as exposed; `filterTestAccounts` is true when not given.',
    }),
    holdoutId: t.id({ required: false, description: 'The holdout whose people are kept out: its number.' }),
    startDate: t.field({
      type: 'DateTime',
      required: false,
      description: 'When it started; a draft when not given. A flag that is made for a started one is on.',
    }),
    endDate: t.field({ type: 'DateTime', required: false, description: 'When it ended: after the start.' }),
    allowUnknownEvents: t.boolean({
      required: false,
      description: 'Whether metrics may be on events that the project never sent; false when not given.',
    }),
  }),
})

builder.mutationField('createExperiment', (t) =>
  t.field({
    type: Experiment,
    description:
      'Makes an experiment, and its flag where the project has none with that key: both, or neither. A flag that is made has percentages, which ' +
      `\`FEATURE_FLAG_UPDATE\` guards; one that starts on is guarded by \`EXPERIMENT_LAUNCH\`, else by \`FEATURE_FLAG_ENABLE\`.\n\n${requiresScopeText('experiment:write')}`,
    args: { input: t.arg({ type: CreateExperimentInput, required: true, description: 'The experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('createExperiment', 'gate', 'validation'),
    resolve: async (_root, { input }, context) => {
      const { id: projectId } = await resolveInputProject(context, input.projectId)
      const result = await runCommand(context, createExperiment, {
        projectId,
        name: input.name,
        featureFlagKey: input.featureFlagKey,
        description: input.description ?? '',
        type: input.type ?? 'product',
        variants: (input.variants as VariantInput[] | null | undefined) ?? null,
        rolloutPercentage: input.rolloutPercentage ?? 100,
        metrics: (input.metrics ?? []) as Prisma.JsonValue[],
        metricsSecondary: (input.metricsSecondary ?? []) as Prisma.JsonValue[],
        statsConfig: (input.statsConfig ?? null) as Prisma.JsonValue,
        exposureCriteria: (input.exposureCriteria ?? null) as Prisma.JsonValue,
        holdoutId: input.holdoutId == null ? null : String(input.holdoutId),
        startDate: input.startDate?.toISOString() ?? null,
        endDate: input.endDate?.toISOString() ?? null,
        allowUnknownEvents: input.allowUnknownEvents ?? false,
      })
      return reloadExperiment(context, result)
    },
  }),
)
