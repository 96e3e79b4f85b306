import { defineCommand } from '../../../commands/registry.ts'
import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { resolveInputProject } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { createFlag, findFlagByKey, type NewFlag, newFlagChange } from '../data/createFlag.ts'
import { reloadFlag } from '../data/flagLoaders.ts'
import { setEvaluationContexts } from '../data/writeContexts.ts'
import { EvaluationRuntime, FeatureFlag } from '../FeatureFlag.ts'
import { normalizeFilters } from '../rules/normalizeFilters.ts'
import { validateFilters } from '../rules/validateFilters.ts'
import { normalizeContextNames, normalizeTags, validateFlag } from '../rules/validateFlag.ts'

interface CreateFlagData {
  projectId: number
  key: string
  name: string
  filters: Prisma.JsonValue
  active: boolean
  evaluationRuntime: typeof EvaluationRuntime.$inferType
  evaluationContexts: string[]
  tags: string[]
  /** Null: as the project has it. */
  ensureExperienceContinuity: boolean | null
}

/** What a flag answers of which nothing is said: true to everybody, the reference's own default. */
const defaultFilters = { groups: [{ properties: [], rollout_percentage: 100 }] }

const createFeatureFlag = defineCommand<CreateFlagData>({
  name: 'createFeatureFlag',
  findExisting: async (tx, _actor, { projectId, key }) => {
    const flag = await findFlagByKey(tx, projectId, key)
    return flag === null ? null : { id: flag.id, experimentId: null, featureFlagId: flag.id, version: flag.version }
  },
  plan: async (tx, actor, input) => {
    const project = await findWritableProject(tx, actor, input.projectId)
    const existing = await findFlagByKey(tx, project.id, input.key)
    assertValid([
      ...validateFlag(input),
      ...(existing === null ? [] : [fieldError(['key'], 'There is already a feature flag with this key.', 'unique')]),
      ...validateFilters(input.filters, null).map(({ path, code, message }) => fieldError(['filters', ...path], message, code)),
      ...(project.requireEvaluationContexts && input.evaluationContexts.length === 0
        ? [fieldError(['evaluationContexts'], 'At least one evaluation context is required to create a new feature flag.', 'required')]
        : []),
    ])
    const contexts = normalizeContextNames(input.evaluationContexts)
    const flag = {
      projectId: project.id,
      key: input.key,
      name: input.name,
      active: input.active,
      filters: normalizeFilters(input.filters as Prisma.JsonObject, null) as Prisma.InputJsonObject,
      evaluationRuntime: input.evaluationRuntime,
      ensureExperienceContinuity: input.ensureExperienceContinuity ?? project.flagsPersistenceDefault,
      tags: normalizeTags(input.tags),
    } satisfies NewFlag
    const { projectId: _, ...auditValues } = flag
    return {
      project,
      resource: { type: 'FEATURE_FLAG', id: null },
      experimentName: null,
      flag: newFlagChange(flag, false),
      before: {},
      after: { ...auditValues, evaluationContexts: contexts },
      apply: async (tx) => {
        const { id, version } = await createFlag(tx, actor, flag)
        if (contexts.length > 0) await setEvaluationContexts(tx, project.id, id, contexts)
        return { id, experimentId: null, featureFlagId: id, version }
      },
    }
  },
})

const CreateFeatureFlagInput = builder.inputType('CreateFeatureFlagInput', {
  description: 'A flag that is to be made.',
  fields: (t) => ({
    projectId: t.id({ required: true, description: 'The project it is to belong to: its global id, or its number.' }),
    key: t.string({
      required: true,
      description:
        'The name that applications ask for: 1 to 400 letters, digits, hyphens and underscores, unique among the flags of the project that are not deleted.',
    }),
    name: t.string({ required: false, description: 'What it is for, in people’s words: at most 4,000 characters; empty when not given.' }),
    filters: t.field({
      type: 'JSON',
      required: false,
      description:
        'Who gets which answer, as the REST API has it: `groups` (at least one condition set), `multivariate`, `payloads` and more; at most 256 KiB. ' +
        'One condition set that lets in everybody when not given.',
    }),
    active: t.boolean({ required: false, description: 'Whether it is switched on; true when not given.' }),
    evaluationRuntime: t.field({ type: EvaluationRuntime, required: false, description: 'Where it may be evaluated; ALL when not given.' }),
    evaluationContexts: t.stringList({
      required: false,
      description:
        'The contexts it may be evaluated in: at most 100 names of 255 characters, kept trimmed and in lower case; new ones are added to the project.',
    }),
    tags: t.stringList({ required: false, description: 'Labels: at most 100, of 255 characters each.' }),
    ensureExperienceContinuity: t.boolean({
      required: false,
      description: 'Whether a person keeps the answer they had before they logged in; as the project has it when not given.',
    }),
  }),
})

builder.mutationField('createFeatureFlag', (t) =>
  t.field({
    type: FeatureFlag,
    description:
      'Makes a feature flag. One that is on is guarded by `FEATURE_FLAG_ENABLE`, one with percentages by `FEATURE_FLAG_UPDATE`.\n\n' +
      requiresScopeText('feature_flag:write'),
    args: { input: t.arg({ type: CreateFeatureFlagInput, required: true, description: 'The flag.' }) },
    authScopes: { scope: 'feature_flag:write' },
    errors: mutationErrors('createFeatureFlag', 'gate', 'validation'),
    resolve: async (_root, { input }, context) => {
      const { id: projectId } = await resolveInputProject(context, input.projectId)
      const result = await runCommand(context, createFeatureFlag, {
        projectId,
        key: input.key,
        name: input.name ?? '',
        filters: (input.filters ?? defaultFilters) as Prisma.JsonValue,
        active: input.active ?? true,
        evaluationRuntime: input.evaluationRuntime ?? 'all',
        evaluationContexts: input.evaluationContexts ?? [],
        tags: input.tags ?? [],
        ensureExperienceContinuity: input.ensureExperienceContinuity ?? null,
      })
      return reloadFlag(context, result)
    },
  }),
)
