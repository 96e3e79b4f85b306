import { normalizeContextNames } from '../../../commands/evaluationContexts.ts'
import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { createFlag, findFlagByKey, newFlagChange } from '../data/createFlag.ts'
import { setEvaluationContexts } from '../data/evaluationContexts.ts'
import { reloadFlag } from '../data/flagLoaders.ts'
import { EvaluationRuntime, FeatureFlag } from '../FeatureFlag.ts'
import { normalizeFilters } from '../rules/normalizeFilters.ts'
import { validateFilters } from '../rules/validateFilters.ts'
import { normalizeTags, validateFlag } from '../rules/validateFlag.ts'

/** The default filters, as in the reference: the flag is true for everybody. */
const defaultFilters = { groups: [{ properties: [], rollout_percentage: 100 }] }

defineMutation({
  name: 'createFeatureFlag',
  type: FeatureFlag,
  scope: 'feature_flag:write',
  description:
    'Creates a feature flag. A `FEATURE_FLAG_ENABLE` policy guards a flag that starts on. A `FEATURE_FLAG_UPDATE` policy guards its ' +
    'percentages.',
  errors: ['gate', 'validation'],
  inputDescription: 'A new flag.',
  argumentDescription: 'The flag.',
  input: (t) => ({
    projectId: projectInput(t, 'The project of the flag'),
    key: t.string({
      required: true,
      description:
        'The name that applications use: 1 to 400 letters, digits, hyphens and underscores. Unique among the flags of the project that ' +
        'are not deleted.',
    }),
    name: t.string({ description: 'What the flag is for: at most 4,000 characters. Default: empty.' }),
    filters: t.field({
      type: 'JSON',
      description:
        'Who gets which value, in the form of the REST API: `groups` (at least one condition set), `multivariate`, `payloads` and more. ' +
        'At most 256 KiB. Default: one condition set that matches everybody.',
    }),
    active: t.boolean({ description: 'Whether the flag is on. Default: true.' }),
    evaluationRuntime: t.field({
      type: EvaluationRuntime,
      description: 'Where the flag may be evaluated. Default: `ALL`.',
    }),
    evaluationContexts: t.stringList({
      description:
        'The evaluation contexts of the flag: at most 100 names of at most 255 characters. They are stored trimmed and in lower case. ' +
        'New ones are added to the project.',
    }),
    tags: t.stringList({ description: 'Labels: at most 100, of at most 255 characters each.' }),
    ensureExperienceContinuity: t.boolean({
      description: 'Whether a person keeps the same value after login. Default: the setting of the project.',
    }),
  }),
  toCommand: (_context, input) => ({
    ...input,
    name: input.name ?? '',
    filters: (input.filters ?? defaultFilters) as Prisma.JsonValue,
    active: input.active ?? true,
    evaluationRuntime: input.evaluationRuntime ?? 'all',
    evaluationContexts: input.evaluationContexts ?? [],
    tags: input.tags ?? [],
    // Null: the plan uses the project's default.
    ensureExperienceContinuity: input.ensureExperienceContinuity ?? null,
  }),
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
      ...validateFilters(input.filters, null),
      ...(project.requireEvaluationContexts && input.evaluationContexts.length === 0
        ? [fieldError(['evaluationContexts'], 'At least one evaluation context is required to create a new feature flag.', 'required')]
        : []),
    ])
    const contexts = normalizeContextNames(input.evaluationContexts)
    const { projectId, evaluationContexts, ...values } = {
      ...input,
      filters: normalizeFilters(input.filters, null) as Prisma.InputJsonObject,
      ensureExperienceContinuity: input.ensureExperienceContinuity ?? project.flagsPersistenceDefault,
      tags: normalizeTags(input.tags),
    }
    const flag = { ...values, projectId }
    return {
      project,
      resource: { type: 'FEATURE_FLAG', id: null },
      experimentName: null,
      flag: newFlagChange(flag, false),
      before: {},
      after: { ...values, evaluationContexts: contexts },
      apply: async (tx) => {
        const { id, version } = await createFlag(tx, actor, flag)
        if (contexts.length > 0) await setEvaluationContexts(tx, project.id, id, contexts)
        return { id, experimentId: null, featureFlagId: id, version }
      },
    }
  },
  reload: reloadFlag,
})
