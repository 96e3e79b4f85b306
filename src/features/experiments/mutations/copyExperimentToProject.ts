import { findWritableProject, lockExperiment } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { idInput, projectInput } from '../../projects/inputIds.ts'
import { reloadExperiment } from '../data/answerExperiment.ts'
import { planCopy } from '../data/planCopy.ts'
import { Experiment } from '../Experiment.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'

defineMutation({
  name: 'copyExperimentToProject',
  type: Experiment,
  scope: 'experiment:write',
  description:
    'Copies an experiment as a new draft of another project of the same organization: without dates, conclusion, holdout, saved metrics and ' +
    'exposure cohort. A flag that is made for it has percentages, which `FEATURE_FLAG_UPDATE` guards there.',
  errors: ['gate', 'validation'],
  inputDescription: 'Which experiment, and where its copy goes.',
  input: (t) => ({
    id: idInput(t, 'Experiment', 'The experiment'),
    targetProjectId: projectInput(t, 'Another project of the same organization', {
      notFound: 'Target team not found.',
      forbidden: 'You do not have write access to the target project.',
    }),
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
  toCommand: (_context, { id, targetProjectId, name, featureFlagKey = null }) => ({
    id,
    targetProjectId,
    name: name ?? '',
    featureFlagKey,
  }),
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
  reload: reloadExperiment,
})
