import { defineCommand } from '../../../commands/registry.ts'
import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { requireScope } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { validateRequiredText, validateText } from '../../../platform/textValidation.ts'
import { findFlagByKey } from '../../featureFlags/data/createFlag.ts'
import { validateFlagKey } from '../../featureFlags/rules/validateFlag.ts'
import { resolveInputProject } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planCreate } from '../data/planCreate.ts'
import { Experiment } from '../Experiment.ts'
import { PromptTemplateKey } from '../queries/promptTemplates.ts'
import { flagForExperiment } from '../rules/flagForExperiment.ts'
import { assignMetricIds } from '../rules/metricIds.ts'
import { keyCandidate, promptExperimentName, promptVariants, slug } from '../rules/promptExperiment.ts'
import { promptMetric } from '../rules/promptMetrics.ts'
import { applyExposureDefaults, applyStatsDefaults } from '../rules/statsConfig.ts'
import { maxDescriptionLength, maxExperimentNameLength } from '../rules/validateExperiment.ts'
import { toFilterPayloads, toFilterVariants } from '../rules/variantInputs.ts'

type TemplateKey = typeof PromptTemplateKey.$inferType

interface CreateFromPromptData {
  projectId: number
  promptName: string
  versions: number[]
  templates: TemplateKey[]
  /** '' where it is made up. */
  name: string
  featureFlagKey: string
  description: string
}

const createExperimentFromPrompt = defineCommand<CreateFromPromptData>({
  name: 'createExperimentFromPrompt',
  plan: async (tx, actor, { promptName, versions, templates, ...input }) => {
    const project = await findWritableProject(tx, actor, input.projectId)
    const referenceKeys = templates.map((template) => template.toLowerCase())
    const name = input.name.trim() === '' ? promptExperimentName(promptName, versions, referenceKeys) : input.name
    const customKey = input.featureFlagKey.trim() === '' ? null : input.featureFlagKey
    const fieldErrors = [
      ...validateRequiredText(['promptName'], promptName, 255),
      ...validateVersions(versions),
      ...validateTemplates(templates),
      ...validateText(['name'], name, maxExperimentNameLength),
      ...validateText(['description'], input.description, maxDescriptionLength),
      ...(customKey === null ? [] : validateFlagKey(['featureFlagKey'], customKey)),
    ]
    assertValid([
      ...fieldErrors,
      ...(fieldErrors.length > 0 ? [] : await validateStoredPrompt(tx, project.id, promptName, versions, customKey)),
    ])

    const variants = promptVariants(promptName, versions)
    const newFlag = flagForExperiment({ experimentName: name, variants, rolloutPercentage: 100, holdout: null })
    const [metrics] = assignMetricIds(
      templates.map((template) => promptMetric(template, promptName)),
      [],
      new Set(),
    ) as [Prisma.InputJsonObject[], unknown]
    return planCreate(actor, {
      project,
      flag: { projectId: project.id, key: customKey ?? (await findFreeKey(tx, project.id, slug(name))), active: false, ...newFlag },
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
    })
  },
})

function validateVersions(versions: readonly number[]): FieldError[] {
  const path = ['versions']
  return [
    ...(versions.length >= 2 ? [] : [fieldError(path, 'Ensure this field has at least 2 elements.')]),
    ...(versions.length <= 10 ? [] : [fieldError(path, 'Ensure this field has no more than 10 elements.')]),
    ...versions
      .slice(0, 10)
      .flatMap((version, index) =>
        version >= 1 ? [] : [fieldError([...path, String(index)], 'Ensure this value is greater than or equal to 1.')],
      ),
    ...(new Set(versions).size === versions.length ? [] : [fieldError(path, 'versions must not contain duplicates.')]),
  ]
}

function validateTemplates(templates: readonly TemplateKey[]): FieldError[] {
  const path = ['templates']
  return [
    ...(templates.length >= 1 ? [] : [fieldError(path, 'Ensure this field has at least 1 elements.')]),
    ...(new Set(templates).size === templates.length ? [] : [fieldError(path, 'templates must not contain duplicates.')]),
  ]
}

async function validateStoredPrompt(
  tx: Transaction,
  projectId: number,
  promptName: string,
  versions: readonly number[],
  key: string | null,
): Promise<FieldError[]> {
  const found = await tx.prompt.findMany({
    where: { projectId, name: promptName, version: { in: [...versions] }, deleted: false },
    select: { version: true },
  })
  const missing = versions.filter((version) => !found.some((prompt) => prompt.version === version))
  const taken = key !== null && (await findFlagByKey(tx, projectId, key)) !== null
  return [
    ...(missing.length === 0
      ? []
      : [fieldError(['versions'], `Versions not found for prompt '${promptName}': [${missing.join(', ')}]`, 'does_not_exist')]),
    ...(taken
      ? [
          fieldError(
            ['featureFlagKey'],
            `Feature flag '${key}' already exists for this team. Pick a different key, or omit this field to auto-generate one.`,
            'unique',
          ),
        ]
      : []),
  ]
}

const batchSize = 50

/** The best key that no live flag has; whoever takes it meanwhile wins, and the write is tried again. */
async function findFreeKey(tx: Transaction, projectId: number, base: string): Promise<string> {
  for (let first = 1; ; first += batchSize) {
    const candidates = Array.from({ length: batchSize }, (_, index) => keyCandidate(base, first + index))
    const taken = await tx.featureFlag.findMany({ where: { projectId, key: { in: candidates }, deleted: false }, select: { key: true } })
    const free = candidates.find((candidate) => !taken.some(({ key }) => key === candidate))
    if (free !== undefined) return free
  }
}

const CreateExperimentFromPromptInput = builder.inputType('CreateExperimentFromPromptInput', {
  description: 'An experiment over the versions of an LLM prompt that is to be made.',
  fields: (t) => ({
    projectId: t.id({ required: true, description: 'The project of the prompt: its global id, or its number.' }),
    promptName: t.string({ required: true, description: 'The prompt: 1 to 255 characters.' }),
    versions: t.intList({ required: true, description: 'Its versions that are compared, 2 to 10 different ones; the first is `control`.' }),
    templates: t.field({ type: [PromptTemplateKey], required: true, description: 'The metrics, 1 to 3 different ones, in this order.' }),
    name: t.string({
      required: false,
      description: 'Its name: at most 400 characters; made of prompt, versions and templates when blank.',
    }),
    featureFlagKey: t.string({
      required: false,
      description: 'The key of its flag, which no live flag may have; made of the name when blank.',
    }),
    description: t.string({ required: false, description: 'What it is about: at most 3,000 characters.' }),
  }),
})

builder.mutationField('createExperimentFromPrompt', (t) =>
  t.field({
    type: Experiment,
    description:
      'Makes a draft that compares versions of an LLM prompt, with a flag whose variants carry the versions, and ready-made metrics. The flag has ' +
      `percentages, which \`FEATURE_FLAG_UPDATE\` guards.\n\n${requiresScopeText('experiment:write')} Also needs \`llm_prompt:read\`.`,
    args: { input: t.arg({ type: CreateExperimentFromPromptInput, required: true, description: 'The experiment.' }) },
    authScopes: (_root, _args, context) => {
      requireScope(context, 'experiment:write')
      requireScope(context, 'llm_prompt:read')
      return true
    },
    errors: mutationErrors('createExperimentFromPrompt', 'gate', 'validation'),
    resolve: async (_root, { input }, context) => {
      const { id: projectId } = await resolveInputProject(context, input.projectId)
      const result = await runCommand(context, createExperimentFromPrompt, {
        projectId,
        promptName: input.promptName,
        versions: [...input.versions],
        templates: [...input.templates],
        name: input.name ?? '',
        featureFlagKey: input.featureFlagKey ?? '',
        description: input.description ?? '',
      })
      return reloadExperiment(context, result)
    },
  }),
)
