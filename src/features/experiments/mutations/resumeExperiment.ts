import { operation } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { planFlag } from '../../featureFlags/data/planFlagUpdate.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerExperiment } from '../data/answerExperiment.ts'
import { planExperiment } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { refusalToResume, refuseState } from '../rules/lifeCycle.ts'

const resumeExperiment = operation<{ id: number }>({
  name: 'resumeExperiment',
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    refuseState(refusalToResume(experiment, flag), experiment, flag)
    return planExperiment(actor, experiment, {}, planFlag(actor, flag, { active: true }))
  },
})

const ResumeExperimentInput = builder.inputType('ResumeExperimentInput', {
  description: 'Which experiment.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The paused experiment: its global id, or its number.' }) }),
})

builder.mutationField('resumeExperiment', (t) =>
  t.field({
    type: Experiment,
    description: `Serves a paused experiment again: its flag is switched on, for every experiment that shares it. The dates stay.\n\n${needs('experiment:write')}`,
    args: { input: t.arg({ type: ResumeExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: refusalsOf('resumeExperiment', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      answerExperiment(context, await write(context, resumeExperiment, { id: addressed('Experiment', input.id) })),
  }),
)
