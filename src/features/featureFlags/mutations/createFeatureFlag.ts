import { operation } from '../../../commands/registry.ts'
import { projectToWrite } from '../../../commands/rowLocks.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { refuseFaults } from '../../../platform/domainErrors.ts'
import { fault } from '../../../platform/fieldError.ts'
import { inputProject } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerFlag } from '../data/answerFlag.ts'
import { birthOf, createFlag, liveFlag, type NewFlag } from '../data/createFlag.ts'
import { writeContexts } from '../data/writeContexts.ts'
import { EvaluationRuntime, FeatureFlag } from '../FeatureFlag.ts'
import { normalisedFilters } from '../rules/normalizeFilters.ts'
import { filterFaults } from '../rules/validateFilters.ts'
import { contextNames, distinctTags, flagFaults } from '../rules/validateFlag.ts'

interface CreateFlag {
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

const createFeatureFlag = operation<CreateFlag>({
  name: 'createFeatureFlag',
  existing: async (tx, _actor, { projectId, key }) => {
    const flag = await liveFlag(tx, projectId, key)
    return flag === null ? null : { id: flag.id, experimentId: null, featureFlagId: flag.id, version: flag.version }
  },
  plan: async (tx, actor, input) => {
    const project = await projectToWrite(tx, actor, input.projectId)
    const existing = await liveFlag(tx, project.id, input.key)
    refuseFaults([
      ...flagFaults(input),
      ...(existing === null ? [] : [fault(['key'], 'There is already a feature flag with this key.', 'unique')]),
      ...filterFaults(input.filters, null).map(({ path, code, message }) => fault(['filters', ...path], message, code)),
      ...(project.requireEvaluationContexts && input.evaluationContexts.length === 0
        ? [fault(['evaluationContexts'], 'At least one evaluation context is required to create a new feature flag.', 'required')]
        : []),
    ])
    const contexts = contextNames(input.evaluationContexts)
    const flag = {
      projectId: project.id,
      key: input.key,
      name: input.name,
      active: input.active,
      filters: normalisedFilters(input.filters as Prisma.JsonObject, null) as Prisma.InputJsonObject,
      evaluationRuntime: input.evaluationRuntime,
      ensureExperienceContinuity: input.ensureExperienceContinuity ?? project.flagsPersistenceDefault,
      tags: distinctTags(input.tags),
    } satisfies NewFlag
    const { projectId: _, ...shown } = flag
    return {
      project,
      resource: { type: 'FEATURE_FLAG', id: null },
      experimentName: null,
      flag: birthOf(flag, false),
      before: {},
      after: { ...shown, evaluationContexts: contexts },
      write: async (tx) => {
        const { id, version } = await createFlag(tx, actor, flag)
        if (contexts.length > 0) await writeContexts(tx, project.id, id, contexts)
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
      needs('feature_flag:write'),
    args: { input: t.arg({ type: CreateFeatureFlagInput, required: true, description: 'The flag.' }) },
    authScopes: { scope: 'feature_flag:write' },
    errors: refusalsOf('createFeatureFlag', 'gate', 'validation'),
    resolve: async (_root, { input }, context) => {
      const { id: projectId } = await inputProject(context, input.projectId)
      const written = await write(context, createFeatureFlag, {
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
      return answerFlag(context, written)
    },
  }),
)
