import type { RowState } from '../../../commands/command.ts'
import { normalizeContextNames } from '../../../commands/evaluationContexts.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Project } from '../../../database/generated/client.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf, type FieldError } from '../../../platform/fieldError.ts'
import type { NewFlag } from './createFlag.ts'

// What the settings of a project mean for its new flags.

/** Returns the evaluation contexts of a new flag: those given, else the defaults of the project. */
export async function contextsOfNewFlag(tx: Transaction, project: Pick<Project, 'id'>, given: readonly string[]): Promise<string[]> {
  if (given.length > 0) return normalizeContextNames(given)
  const defaults = await tx.evaluationContext.findMany({ where: { projectId: project.id, isDefault: true }, select: { name: true } })
  return normalizeContextNames(defaults.map(({ name }) => name))
}

type Settings = Pick<Project, 'id' | 'flagsPersistenceDefault' | 'requireEvaluationContexts' | 'requireTags'>
type Labels = Pick<NewFlag, 'evaluationContexts' | 'tags'>

/**
 * The settings of a project that a new flag depends on: those that it gets its values from, and those that would refuse it.
 *
 * @param evaluationContexts those of the project. Null if the flag has its own.
 * @param labels those that the flag will have. Null if its project cannot require any of it.
 */
export function settingsForNewFlag(
  { id, flagsPersistenceDefault, requireEvaluationContexts, requireTags }: Settings,
  given: { evaluationContexts: readonly string[] | null; usesPersistence: boolean; labels: Labels | null },
): RowState {
  const { evaluationContexts, usesPersistence, labels } = given
  const lacks = (list: readonly string[] | undefined) => labels !== null && (list ?? []).length === 0
  return {
    type: 'PROJECT',
    id,
    values: {
      ...(usesPersistence ? { flagsPersistenceDefault: { before: flagsPersistenceDefault } } : {}),
      ...(evaluationContexts === null ? {} : { defaultEvaluationContexts: { before: evaluationContexts } }),
      ...(lacks(labels?.evaluationContexts) ? { requireEvaluationContexts: { before: requireEvaluationContexts } } : {}),
      ...(lacks(labels?.tags) ? { requireTags: { before: requireTags } } : {}),
    },
  }
}

/** The labels that each of some new flags has, as far as a project can require them: an empty list if one of them has none. */
export function fewestLabels(flags: readonly Labels[]): Labels {
  const fewest = (lists: readonly (readonly string[] | undefined)[]) => [...(lists.find((list) => !list?.length) ?? lists[0] ?? [])]
  return { evaluationContexts: fewest(flags.map((flag) => flag.evaluationContexts)), tags: fewest(flags.map(({ tags }) => tags)) }
}

/**
 * Returns the errors of a new flag without the labels that its project requires.
 *
 * @param paths the input fields at fault
 */
export function validateRequiredLabels(
  { requireEvaluationContexts, requireTags }: Pick<Project, 'requireEvaluationContexts' | 'requireTags'>,
  { evaluationContexts = [], tags = [] }: Labels,
  paths: Record<'evaluationContexts' | 'tags', readonly string[]>,
): FieldError[] {
  const message = (what: string) => `At least one ${what} is required to create a new feature flag.`
  return [
    ...errorIf(
      requireEvaluationContexts && evaluationContexts.length === 0,
      paths.evaluationContexts,
      message('evaluation context'),
      'required',
    ),
    ...errorIf(requireTags && tags.length === 0, paths.tags, message('tag'), 'required'),
  ]
}

/**
 * Completes a flag that is made for an experiment by the settings of its project.
 *
 * @param path the input field that could name an existing flag instead. Null if none could: then no labels are required.
 * @throws ValidationError when the project requires labels, which such a flag has not
 */
export async function completeFlag(tx: Transaction, project: Project, flag: NewFlag, path: readonly string[] | null): Promise<NewFlag> {
  const evaluationContexts = await contextsOfNewFlag(tx, project, [])
  const errors = path === null ? [] : validateRequiredLabels(project, { evaluationContexts }, { evaluationContexts: path, tags: path })
  assertValid(errors.map((error) => ({ ...error, message: `${error.message} Create the flag by itself first.` })))
  return {
    ...flag,
    ...(evaluationContexts.length === 0 ? {} : { evaluationContexts }),
    ...(project.flagsPersistenceDefault ? { ensureExperienceContinuity: true } : {}),
  }
}
