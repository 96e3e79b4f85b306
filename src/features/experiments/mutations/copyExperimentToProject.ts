import { findWritableProject, lockExperiment } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { errorIf, fieldError } from '../../../platform/fieldError.ts'
import { idInput, projectInput } from '../../projects/inputIds.ts'
import { planCopy } from '../data/planCopy.ts'
import { experimentMutation } from '../Experiment.ts'
import { copyBlocker } from '../rules/experimentActions.ts'

const targetNotFound = 'Target project not found.'

defineMutation({
  ...experimentMutation,
  name: 'copyExperimentToProject',
  description:
    'Copies an experiment as a new draft into another project of the same organization. The copy has no dates, conclusion, holdout, ' +
    'saved metrics and exposure cohort. If the copy needs a new flag, a `FEATURE_FLAG_UPDATE` policy there guards its percentages.',
  errors: ['gate', 'validation'],
  inputDescription: 'The experiment to copy, and the target project.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The experiment'),
    targetProjectId: projectInput(t, 'Another project of the same organization', targetNotFound),
    name: t.string({
      description: 'The name of the copy: at most 400 characters. Default: `<name> (Copy)`, with a number if that name is taken.',
    }),
    featureFlagKey: t.string({
      description:
        "The key of the flag in the target project. Default: the key of the source's flag. If the project has a flag with this key, it " +
        "is used. Otherwise a flag is created, switched off, with the source's variants.",
    }),
  }),
  toCommand: (_context, { name, featureFlagKey = null, ...input }) => ({ ...input, name: name ?? '', featureFlagKey }),
  plan: async (tx, actor, { id, targetProjectId, ...copyOptions }, newUuid) => {
    const source = await lockExperiment(tx, actor, id)
    const target = await findWritableProject(tx, actor, targetProjectId, targetNotFound)
    if (target.organizationId !== source.project.organizationId) throw new ResourceNotFoundError(targetNotFound)
    const blocker = copyBlocker(source)
    assertValid([
      ...(blocker === null ? [] : [fieldError(['id'], blocker)]),
      ...errorIf(
        target.id === source.projectId,
        ['targetProjectId'],
        'Must be another project. To copy within a project, use `duplicateExperiment`.',
      ),
    ])
    return planCopy(tx, actor, source, target, copyOptions, newUuid)
  },
})
