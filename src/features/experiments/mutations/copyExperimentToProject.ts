import { defineCommand } from '../../../commands/registry.ts'
import { findWritableProject, lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertValid, PermissionDeniedError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { parseInputId, resolveInputProject } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planCopy } from '../data/planCopy.ts'
import { Experiment } from '../Experiment.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'

const copyExperimentToProject = defineCommand<{ id: number; targetProjectId: number; name: string; featureFlagKey: string | null }>({
  name: 'copyExperimentToProject',
  plan: async (tx, actor, { id, targetProjectId, ...copyOptions }) => {
    const source = await lockExperiment(tx, actor, id)
    const target = await findWritableProject(tx, actor, targetProjectId, 'Target team not found.')
    if (target.organizationId !== source.project.organizationId) throw new ResourceNotFoundError('Target team not found.')
    assertValid([
      ...(hasLegacyMetrics(source) ? [fieldError(['id'], 'Copying is not supported for experiments using legacy metrics.')] : []),
      ...(target.id === source.projectId
        ? [fieldError(['targetProjectId'], 'Must be another project; `duplicateExperiment` copies within one.')]
        : []),
    ])
    return planCopy(tx, actor, source, target, copyOptions)
  },
})

const CopyExperimentToProjectInput = builder.inputType('CopyExperimentToProjectInput', {
  description: 'Which experiment, and where its copy goes.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The experiment: its global id, or its number.' }),
    targetProjectId: t.id({ required: true, description: 'Another project of the same organization: its global id, or its number.' }),
    name: t.string({
      required: false,
      description: 'The name of the copy: at most 400 characters; `<name> (Copy)` with a number where that is taken when not given.',
    }),
    featureFlagKey: t.string({
      required: false,
      description:
        "The key of its flag there: a live flag of this key is used, else one is made, off, with the source's variants. The source's key when not given.",
    }),
  }),
})

builder.mutationField('copyExperimentToProject', (t) =>
  t.field({
    type: Experiment,
    description:
      'Copies an experiment as a new draft of another project of the same organization: without dates, conclusion, holdout, saved metrics and ' +
      `exposure cohort. A flag that is made for it has percentages, which \`FEATURE_FLAG_UPDATE\` guards there.\n\n${requiresScopeText('experiment:write')}`,
    args: {
      input: t.arg({ type: CopyExperimentToProjectInput, required: true, description: 'Which experiment, and where its copy goes.' }),
    },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('copyExperimentToProject', 'gate', 'validation'),
    resolve: async (_root, { input }, context) => {
      const { name, featureFlagKey = null } = input
      const id = parseInputId('Experiment', input.id)
      const targetProjectId = await resolveTargetProject(() => resolveInputProject(context, input.targetProjectId, 'targetProjectId'))
      return reloadExperiment(
        context,
        await runCommand(context, copyExperimentToProject, { id, targetProjectId, name: name ?? '', featureFlagKey }),
      )
    },
  }),
)

/** The target, with the reference's texts where it is none. */
async function resolveTargetProject(find: () => Promise<{ id: number }>): Promise<number> {
  try {
    return (await find()).id
  } catch (error) {
    if (error instanceof ResourceNotFoundError) throw new ResourceNotFoundError('Target team not found.')
    if (error instanceof PermissionDeniedError) throw new PermissionDeniedError('You do not have write access to the target project.')
    throw error
  }
}
