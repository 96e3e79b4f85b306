import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Holdout, Prisma } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf, fieldError } from '../../../platform/fieldError.ts'
import { isInt4, parseIntegerId } from '../../../platform/globalId.ts'
import { lockFlagByKey } from '../../featureFlags/data/createFlag.ts'
import { validateFlagKey } from '../../featureFlags/rules/validateFlag.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { planCreate } from '../data/planCreate.ts'
import { validateMetricNames } from '../data/unknownNames.ts'
import { ExperimentType, experimentMutation } from '../Experiment.ts'
import { experimentInput } from '../experimentInput.ts'
import { flagForExperiment, validateExperimentFlag } from '../rules/flagForExperiment.ts'
import { assignMetricIds } from '../rules/metricIds.ts'
import { applyExposureDefaults, applyStatsDefaults, validateStatsConfig } from '../rules/statsConfig.ts'
import { validateDates, validateExperiment } from '../rules/validateExperiment.ts'
import { toFilterVariants, type VariantInput, validateVariants } from '../rules/variantInputs.ts'

defineMutation({
  ...experimentMutation,
  name: 'createExperiment',
  description:
    'Creates an experiment, and its flag if the project has none with that key: both or neither. A `FEATURE_FLAG_UPDATE` policy guards ' +
    'the percentages of a new flag. If the new flag starts on, an `EXPERIMENT_LAUNCH` policy guards that. Without such a policy, a ' +
    '`FEATURE_FLAG_ENABLE` policy does.',
  errors: ['gate', 'validation'],
  inputDescription: 'A new experiment.',
  argumentDescription: 'The experiment.',
  input: (t) => ({
    projectId: projectInput(t, 'The project of the experiment'),
    name: t.string({ required: true, description: 'The name of the experiment: 1 to 400 characters. It need not be unique.' }),
    featureFlagKey: t.string({
      required: true,
      description:
        'The key of its flag: 1 to 400 letters, digits, hyphens and underscores. If the project has a flag with this key, it is used as ' +
        'it is. It must have two variants or more, one of them `control`. Otherwise a flag is created, switched off for a draft.',
    }),
    description: t.string({ description: 'What the experiment is about: at most 3,000 characters.' }),
    type: t.field({ type: ExperimentType, description: 'How the experiment changes what people see. Default: `PRODUCT`.' }),
    ...experimentInput(t, {
      variants: 'The variants of a new flag: 2 to 20, one of them `control`. Default: `control` and `test`, half each.',
      rolloutPercentage: 'The share of people who enter the experiment, in percent, for a new flag: 0 to 100. Default: 100.',
      metrics:
        'Its primary metrics, in the form of the REST API: at most 100 objects of kind `ExperimentMetric` and type mean, funnel, ratio ' +
        'or retention. A metric with a missing or repeated `uuid` gets a new one.',
      metricsSecondary: 'Its secondary metrics, in the same form.',
      statsConfig:
        'How the results are computed: `method` (bayesian or frequentist), `baseline_variant_key` and more. Missing keys get the ' +
        'defaults of the project.',
      exposureCriteria: 'Which people count as exposed. `filterTestAccounts` is true by default.',
    }),
    holdoutId: t.id({ description: 'The number of the holdout whose people do not enter the experiment.' }),
    startDate: t.field({
      type: 'DateTime',
      description: 'When the experiment started. Without it, the experiment is a draft. With it, a new flag is switched on.',
    }),
    endDate: t.field({ type: 'DateTime', description: 'When the experiment ended. Must be after the start.' }),
    allowUnknownEvents: t.boolean({ description: 'Whether metrics may use events that the project never sent. Default: false.' }),
  }),
  toCommand: (_context, input) => ({
    ...input,
    description: input.description ?? '',
    type: input.type ?? 'product',
    variants: (input.variants ?? null) as VariantInput[] | null,
    rolloutPercentage: input.rolloutPercentage ?? 100,
    metrics: (input.metrics ?? []) as Prisma.JsonValue[],
    metricsSecondary: (input.metricsSecondary ?? []) as Prisma.JsonValue[],
    statsConfig: (input.statsConfig ?? null) as Prisma.JsonValue,
    exposureCriteria: (input.exposureCriteria ?? null) as Prisma.JsonValue,
    holdoutId: input.holdoutId ?? null,
    // RFC 3339 text, because a change request stores the input as JSON.
    startDate: input.startDate?.toISOString() ?? null,
    endDate: input.endDate?.toISOString() ?? null,
    allowUnknownEvents: input.allowUnknownEvents ?? false,
  }),
  plan: async (tx, actor, input) => {
    const project = await findWritableProject(tx, actor, input.projectId)
    const existing = await lockFlagByKey(tx, project.id, input.featureFlagKey)
    const startDate = input.startDate === null ? null : new Date(input.startDate)
    const endDate = input.endDate === null ? null : new Date(input.endDate)
    const holdout = input.holdoutId === null ? null : await findHoldout(tx, project.id, input.holdoutId)
    const isUnknownHoldout = holdout === null && input.holdoutId !== null
    // The variants of the input are for a new flag. An empty list stands for the default.
    const variants = existing === null && input.variants?.length ? input.variants : null
    const newFlag = flagForExperiment({ experimentName: input.name, variants, rolloutPercentage: input.rolloutPercentage, holdout })
    const servedVariants = getVariants((existing ?? newFlag).filters)
    const servedKeys = servedVariants.map(({ key }) => key)
    assertValid([
      ...validateExperiment(input),
      ...validateFlagKey(['featureFlagKey'], input.featureFlagKey),
      ...(variants === null ? [] : validateVariants(variants)),
      ...(existing === null ? [] : validateExperimentFlag(existing.filters).map((message) => fieldError(['featureFlagKey'], message))),
      ...validateStatsConfig(input.statsConfig, servedKeys),
      ...validateDates(startDate, endDate),
      ...errorIf(isUnknownHoldout, ['holdoutId'], `Invalid pk "${input.holdoutId}" - object does not exist.`, 'does_not_exist'),
    ])
    assertValid(await validateMetricNames(tx, project.id, input, input.allowUnknownEvents))

    const [metrics, metricsSecondary] = assignMetricIds(input.metrics, input.metricsSecondary)
    const percentages = servedVariants.map(({ key, rolloutPercentage }) => [key, { rollout_percentage: rolloutPercentage }])
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
        ...(input.type === 'web' ? { variants: Object.fromEntries(percentages) } : {}),
        metrics,
        metricsSecondary,
        statsConfig: applyStatsDefaults(input.statsConfig, project),
        exposureCriteria: applyExposureDefaults(input.exposureCriteria),
        onlyCountMaturedUsers: project.defaultOnlyCountMaturedUsers,
      },
    })
  },
})

async function findHoldout(tx: Transaction, projectId: number, holdoutId: string): Promise<Holdout | null> {
  const id = parseIntegerId('Holdout', holdoutId)
  return id !== null && isInt4(id) ? tx.holdout.findFirst({ where: { id, projectId } }) : null
}
