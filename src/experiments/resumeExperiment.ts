import { builder } from '../builder.ts'
import { planFlag } from '../featureFlags/flagChange.ts'
import { needs } from '../projects/projectField.ts'
import { addressed } from '../writes/ids.ts'
import { lockExperiment } from '../writes/lock.ts'
import { operation } from '../writes/registry.ts'
import { refusalsOf, write } from '../writes/write.ts'
import { answerExperiment } from './answerExperiment.ts'
import { Experiment } from './Experiment.ts'
import { refusalToResume, refuseState } from './lifeCycle.ts'
import { planExperiment } from './planExperiment.ts'

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
