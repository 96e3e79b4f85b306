import { operation } from '../../../commands/registry.ts'
import { lockExperiment, projectToWrite } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { NotFoundRefusal, PermissionDeniedRefusal, refuseFaults } from '../../../platform/domainErrors.ts'
import { fault } from '../../../platform/fieldError.ts'
import { addressed, inputProject } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerExperiment } from '../data/answerExperiment.ts'
import { planCopy } from '../data/planCopy.ts'
import { Experiment } from '../Experiment.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'

const copyExperimentToProject = operation<{ id: number; targetProjectId: number; name: string; featureFlagKey: string | null }>({
  name: 'copyExperimentToProject',
  plan: async (tx, actor, { id, targetProjectId, ...wishes }) => {
    const source = await lockExperiment(tx, actor, id)
    const target = await projectToWrite(tx, actor, targetProjectId, 'Target team not found.')
    if (target.organizationId !== source.project.organizationId) throw new NotFoundRefusal('Target team not found.')
    refuseFaults([
      ...(hasLegacyMetrics(source) ? [fault(['id'], 'Copying is not supported for experiments using legacy metrics.')] : []),
      ...(target.id === source.projectId
        ? [fault(['targetProjectId'], 'Must be another project; `duplicateExperiment` copies within one.')]
        : []),
    ])
    return planCopy(tx, actor, source, target, wishes)
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
      `exposure cohort. A flag that is made for it has percentages, which \`FEATURE_FLAG_UPDATE\` guards there.\n\n${needs('experiment:write')}`,
    args: {
      input: t.arg({ type: CopyExperimentToProjectInput, required: true, description: 'Which experiment, and where its copy goes.' }),
    },
    authScopes: { scope: 'experiment:write' },
    errors: refusalsOf('copyExperimentToProject', 'gate', 'validation'),
    resolve: async (_root, { input }, context) => {
      const { name, featureFlagKey = null } = input
      const id = addressed('Experiment', input.id)
      const targetProjectId = await targetProject(() => inputProject(context, input.targetProjectId, 'targetProjectId'))
      return answerExperiment(
        context,
        await write(context, copyExperimentToProject, { id, targetProjectId, name: name ?? '', featureFlagKey }),
      )
    },
  }),
)

/** The target, with the reference's texts where it is none. */
async function targetProject(find: () => Promise<{ id: number }>): Promise<number> {
  try {
    return (await find()).id
  } catch (refusal) {
    if (refusal instanceof NotFoundRefusal) throw new NotFoundRefusal('Target team not found.')
    if (refusal instanceof PermissionDeniedRefusal) throw new PermissionDeniedRefusal('You do not have write access to the target project.')
    throw refusal
  }
}
