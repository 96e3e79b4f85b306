import type { Actor } from '../../../auth/actor.ts'
import { adminLevel, membershipLevel } from '../../../auth/membershipLevel.ts'
import { diffValues } from '../../../commands/diff.ts'
import { findOrCreateContexts, normalizeContextNames } from '../../../commands/evaluationContexts.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Prisma, Project as ProjectRow } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid, PermissionDeniedError } from '../../../platform/domainErrors.ts'
import { validateLabels } from '../../featureFlags/rules/validateFlag.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { Project } from '../../projects/Project.ts'
import { validateSettings } from '../rules/projectSettings.ts'
import { StatisticsMethod } from '../StatisticsMethod.ts'

defineMutation({
  name: 'updateProjectSettings',
  type: Project,
  scope: 'project:write',
  description:
    'Changes the settings of a project for its flags and experiments. Only for admins and owners of the organization. They count for flags ' +
    'and experiments that are made from then on. `matchingVersion` and `testAccountFilters` are read at each use.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The settings to change. A field that is missing or null stays as it is.',
  argumentDescription: 'The settings.',
  input: (t) => ({
    projectId: projectInput(t, 'The project'),
    statisticsMethod: t.field({
      type: StatisticsMethod,
      description: 'The statistical method of experiments without one of their own.',
    }),
    confidenceLevel: t.float({
      description: 'The confidence level of experiments without one of their own: 0.5 to 0.99, with at most two decimals.',
    }),
    onlyCountMaturedPersons: t.boolean({
      description: 'Whether new experiments count only persons whose time to convert has passed.',
    }),
    flagsPersistByDefault: t.boolean({ description: 'Whether people keep the values of new flags after login.' }),
    requireEvaluationContexts: t.boolean({
      description: 'Whether new flags must have an evaluation context, also those of new experiments. The default ones count.',
    }),
    requireTags: t.boolean({
      description: 'Whether new flags must have a tag. An experiment then needs a flag that was made before, except one from a prompt.',
    }),
    defaultEvaluationContexts: t.stringList({
      description:
        'All evaluation contexts of new flags that name none: at most 100 names of at most 255 characters. Replaces the list; an empty one ' +
        'empties it. New ones are added to the project.',
    }),
    testAccountFilters: t.field({
      type: 'JSON',
      description:
        'The property filters that match people who test the product, in the form of the REST API: a list of at most 100 objects, each with a ' +
        '`key`, of at most 64 KiB in all. Replaces the list.',
    }),
    matchingVersion: t.int({ description: 'How `EXACT` compares texts with booleans: 1, by truth, or 2, as texts.' }),
  }),
  linked: {
    find: async (_tx, _actor, { projectId }) => ({ projectId, thing: { type: 'PROJECT_SETTINGS', id: projectId } }),
    reload: (context, id) => context.database.db.project.findUniqueOrThrow({ where: { id } }),
  },
  act: async (unit, actor, { projectId, defaultEvaluationContexts, ...input }, { name }) => {
    const { tx } = unit
    const project = await lockProject(tx, actor, projectId)
    assertValid([...validateSettings(input), ...validateLabels('defaultEvaluationContexts', defaultEvaluationContexts)])
    const patch = toColumns(input)
    const contexts = defaultEvaluationContexts == null ? null : normalizeContextNames(defaultEvaluationContexts)
    const stored = await getDefaultContexts(tx, project.id)
    const diff = diffValues(
      { ...shown(project, patch), ...(contexts === null ? {} : { defaultEvaluationContexts: stored }) },
      { ...shown(patch, patch), ...(contexts === null ? {} : { defaultEvaluationContexts: contexts }) },
    )
    if (Object.keys(diff.after).length === 0) return project
    if (contexts !== null) await setDefaultContexts(tx, project.id, contexts)
    const updated = await tx.project.update({ where: { id: project.id }, data: patch })
    const resource = { type: 'PROJECT_SETTINGS', id: project.id, name: project.name } as const
    await recordActivity(unit, { activity: name, actor, organizationId: project.organizationId, projectId: project.id, resource, ...diff })
    return updated
  },
})

/**
 * Returns a project that the actor may change, locked until the transaction ends.
 *
 * @throws ResourceNotFoundError if the actor cannot see the project.
 * @throws PermissionDeniedError if the actor is not an admin or owner of its organization.
 */
async function lockProject(tx: Transaction, actor: Actor, id: number): Promise<ProjectRow> {
  const { organizationId } = await findWritableProject(tx, actor, id)
  if ((membershipLevel(actor, organizationId) ?? 0) < adminLevel) {
    throw new PermissionDeniedError('Only admins and owners of the organization can change the settings of a project.')
  }
  await tx.$queryRaw`SELECT id FROM projects WHERE id = ${id}::int FOR NO KEY UPDATE`
  return findWritableProject(tx, actor, id)
}

interface SettingsInput {
  statisticsMethod?: 'bayesian' | 'frequentist' | null | undefined
  confidenceLevel?: number | null | undefined
  onlyCountMaturedPersons?: boolean | null | undefined
  flagsPersistByDefault?: boolean | null | undefined
  requireEvaluationContexts?: boolean | null | undefined
  requireTags?: boolean | null | undefined
  testAccountFilters?: unknown
  matchingVersion?: number | null | undefined
}

/** The columns that the settings are stored in, by their names in the schema. */
const columns = {
  statisticsMethod: 'defaultExperimentStatsMethod',
  confidenceLevel: 'defaultExperimentConfidenceLevel',
  onlyCountMaturedPersons: 'defaultOnlyCountMaturedUsers',
  flagsPersistByDefault: 'flagsPersistenceDefault',
  requireEvaluationContexts: 'requireEvaluationContexts',
  requireTags: 'requireTags',
  testAccountFilters: 'testAccountFilters',
  matchingVersion: 'matchingVersion',
} as const satisfies Record<keyof SettingsInput, keyof ProjectRow>

function toColumns(input: SettingsInput): Prisma.ProjectUpdateInput {
  const given = Object.entries(columns).filter(([name]) => input[name as keyof SettingsInput] != null)
  return Object.fromEntries(given.map(([name, column]) => [column, input[name as keyof SettingsInput]]))
}

/** The values of the changed settings, by their names in the schema. */
function shown(row: object, patch: object): Record<string, unknown> {
  const values = row as Record<string, unknown>
  const changed = Object.entries(columns).filter(([, column]) => column in patch)
  return Object.fromEntries(
    changed.map(([name, column]) => [
      name,
      name === 'confidenceLevel' && values[column] !== null ? Number(values[column]) : values[column],
    ]),
  )
}

async function getDefaultContexts(tx: Transaction, projectId: number): Promise<string[]> {
  const contexts = await tx.evaluationContext.findMany({ where: { projectId, isDefault: true }, select: { name: true } })
  return normalizeContextNames(contexts.map(({ name }) => name))
}

async function setDefaultContexts(tx: Transaction, projectId: number, names: readonly string[]): Promise<void> {
  const ids = [...(await findOrCreateContexts(tx, projectId, names)).values()]
  await tx.evaluationContext.updateMany({ where: { projectId, isDefault: true, id: { notIn: ids } }, data: { isDefault: false } })
  await tx.evaluationContext.updateMany({ where: { projectId, isDefault: false, id: { in: ids } }, data: { isDefault: true } })
}
