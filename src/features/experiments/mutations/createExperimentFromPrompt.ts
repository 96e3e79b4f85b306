import type { RowState } from '../../../commands/command.ts'
import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Prompt } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf, type FieldError } from '../../../platform/fieldError.ts'
import { validateRequiredText } from '../../../platform/textValidation.ts'
import { findFlagByKey } from '../../featureFlags/data/createFlag.ts'
import { completeFlag } from '../../featureFlags/data/newFlagRules.ts'
import { validateFlagKey } from '../../featureFlags/rules/validateFlag.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { findFreeKey } from '../data/freeNames.ts'
import { planCreate, projectDefaults } from '../data/planCreate.ts'
import { experimentMutation } from '../Experiment.ts'
import { PromptTemplateKey } from '../PromptTemplateKey.ts'
import { flagForExperiment } from '../rules/flagForExperiment.ts'
import { assignMetricIds } from '../rules/metricIds.ts'
import { promptExperimentName, promptMetric, promptVariants, slug } from '../rules/prompts.ts'
import { applyExposureDefaults, applyStatsDefaults } from '../rules/statsConfig.ts'
import { validateExperiment } from '../rules/validateExperiment.ts'
import { toFilterPayloads, toFilterVariants } from '../rules/variantInputs.ts'

defineMutation({
  ...experimentMutation,
  name: 'createExperimentFromPrompt',
  scope: ['experiment:write', 'llm_prompt:read'],
  description:
    'Creates a draft that compares versions of an LLM prompt, with metrics from templates. The variants of its new flag carry the ' +
    'versions. A `FEATURE_FLAG_UPDATE` policy guards the percentages of the flag.',
  errors: ['gate', 'validation'],
  inputDescription: 'A new experiment on the versions of an LLM prompt.',
  argumentDescription: 'The experiment.',
  input: (t) => ({
    projectId: projectInput(t, 'The project of the prompt'),
    promptName: t.string({ required: true, description: 'The name of the prompt: 1 to 255 characters.' }),
    versions: t.intList({ required: true, description: 'The versions to compare: 2 to 10 different ones. The first becomes `control`.' }),
    templates: t.field({
      type: [PromptTemplateKey],
      required: true,
      description: 'The metric templates: 1 to 3 different ones, in the order of the metrics.',
    }),
    name: t.string({
      description:
        'The name of the experiment: at most 400 characters. If blank or missing, it is made from the prompt, versions and templates.',
    }),
    featureFlagKey: t.string({
      description: 'The key of its flag. It must be free in the project. If blank or missing, it is made from the name.',
    }),
    description: t.string({ description: 'What the experiment is about: at most 3,000 characters.' }),
  }),
  toCommand: (_context, input) => ({
    ...input,
    // Blank: the plan generates them.
    name: input.name ?? '',
    featureFlagKey: input.featureFlagKey ?? '',
    description: input.description ?? '',
  }),
  plan: async (tx, actor, { promptName, versions, templates, ...input }, newUuid) => {
    const project = await findWritableProject(tx, actor, input.projectId)
    const referenceKeys = templates.map((template) => template.toLowerCase())
    const name = input.name.trim() === '' ? promptExperimentName(promptName, versions, referenceKeys) : input.name
    const customKey = input.featureFlagKey.trim() === '' ? null : input.featureFlagKey
    assertValid([
      ...validateRequiredText(['promptName'], promptName, 255),
      ...validateVersions(versions),
      ...errorIf(templates.length < 1, ['templates'], 'Ensure this field has at least 1 elements.'),
      ...errorIf(hasDuplicates(templates), ['templates'], 'templates must not contain duplicates.'),
      ...validateExperiment({ name, description: input.description }),
      ...(customKey === null ? [] : validateFlagKey(['featureFlagKey'], customKey)),
    ])
    const prompts = await findVersions(tx, project.id, promptName, versions)
    const unknown = versions.filter((version) => !prompts.some((prompt) => prompt.version === version)).join(', ')
    const keyIsTaken = customKey !== null && (await findFlagByKey(tx, project.id, customKey)) !== null
    assertValid([
      ...errorIf(unknown !== '', ['versions'], `Versions not found for prompt '${promptName}': [${unknown}]`, 'does_not_exist'),
      ...errorIf(
        keyIsTaken,
        ['featureFlagKey'],
        `Feature flag '${customKey}' already exists for this project. Pick a different key, or omit this field to auto-generate one.`,
        'unique',
      ),
    ])

    const variants = promptVariants(promptName, versions)
    const newFlag = flagForExperiment({ experimentName: name, variants, rolloutPercentage: 100, holdout: null })
    const promptMetrics = templates.map((template) => promptMetric(template, promptName))
    const [metrics] = assignMetricIds(promptMetrics, [], undefined, newUuid)
    return planCreate(actor, {
      project,
      needsLabels: false,
      flag: await completeFlag(
        tx,
        project,
        { projectId: project.id, key: customKey ?? (await findFreeKey(tx, project.id, slug(name))), active: false, ...newFlag },
        null,
      ),
      columns: {
        name,
        description: input.description,
        startDate: null,
        parameters: {
          feature_flag_variants: toFilterVariants(variants),
          feature_flag_payloads: toFilterPayloads(variants) ?? {},
          rollout_percentage: 100,
          prompt_metadata: { name: promptName, templates: referenceKeys, versions },
        },
        metrics,
        metricsSecondary: [],
        primaryMetricsOrderedUuids: metrics.map(({ uuid }) => uuid as string),
        statsConfig: applyStatsDefaults(null, project),
        exposureCriteria: applyExposureDefaults(null),
        onlyCountMaturedUsers: project.defaultOnlyCountMaturedUsers,
      },
      rows: [projectDefaults(project), ...prompts.map(promptState)],
    })
  },
})

function validateVersions(versions: readonly number[]): FieldError[] {
  const path = ['versions']
  const tooSmall = 'Ensure this value is greater than or equal to 1.'
  return [
    ...errorIf(versions.length < 2, path, 'Ensure this field has at least 2 elements.'),
    ...errorIf(versions.length > 10, path, 'Ensure this field has no more than 10 elements.'),
    ...versions.slice(0, 10).flatMap((version, index) => errorIf(version < 1, [...path, String(index)], tooSmall)),
    ...errorIf(hasDuplicates(versions), path, 'versions must not contain duplicates.'),
  ]
}

function hasDuplicates(values: readonly unknown[]): boolean {
  return new Set(values).size < values.length
}

function findVersions(tx: Transaction, projectId: number, name: string, versions: number[]): Promise<Prompt[]> {
  return tx.prompt.findMany({ where: { projectId, name, version: { in: versions }, deleted: false }, orderBy: { version: 'asc' } })
}

/** The text and the configuration are not copied, but they are what the approvers agree to compare. */
function promptState({ id, name, version, deleted, prompt, config }: Prompt): RowState {
  const values = Object.entries({ name, version, deleted, prompt, config }).map(([path, before]) => [path, { before }])
  return { type: 'PROMPT', id, values: Object.fromEntries(values) }
}
