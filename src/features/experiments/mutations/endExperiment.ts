import { operation } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { refuseFaults } from '../../../platform/domainErrors.ts'
import { textFaults } from '../../../platform/textValidation.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerExperiment } from '../data/answerExperiment.ts'
import { planExperiment } from '../data/planUpdate.ts'
import { Experiment, ExperimentConclusion } from '../Experiment.ts'
import { refusalToEnd, refuseState } from '../rules/lifeCycle.ts'
import { maxConclusionComment } from '../rules/validateExperiment.ts'

/** How long a comment on a conclusion may be, in characters (experiments.md 1.2). */

const endExperiment = operation<{ id: number; conclusion: Conclusion; conclusionComment: string | null }>({
  name: 'endExperiment',
  plan: async (tx, actor, { id, conclusion, conclusionComment }) => {
    const experiment = await lockExperiment(tx, actor, id)
    refuseState(refusalToEnd(experiment), experiment, experiment.featureFlag)
    refuseFaults(textFaults(['conclusionComment'], conclusionComment, maxConclusionComment))
    return planExperiment(actor, experiment, { endDate: actor.now, conclusion, conclusionComment })
  },
})

type Conclusion = typeof ExperimentConclusion.$inferType | null

const EndExperimentInput = builder.inputType('EndExperimentInput', {
  description: 'Which experiment, and what came out of it.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The running or paused experiment: its global id, or its number.' }),
    conclusion: t.field({ type: ExperimentConclusion, required: false, description: 'What came out of it; none when not given.' }),
    conclusionComment: t.string({
      required: false,
      description: 'Why that is the conclusion: at most 4,000 characters; none when not given.',
    }),
  }),
})

builder.mutationField('endExperiment', (t) =>
  t.field({
    type: Experiment,
    description:
      'Ends a running or paused experiment: `endDate` becomes now, conclusion and comment become what is given, or nothing. The flag stays as ' +
      `it is: it goes on serving its variants.\n\n${needs('experiment:write')}`,
    args: { input: t.arg({ type: EndExperimentInput, required: true, description: 'Which experiment, and what came out of it.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: refusalsOf('endExperiment', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) => {
      const { conclusion = null, conclusionComment = null } = input
      return answerExperiment(
        context,
        await write(context, endExperiment, { id: addressed('Experiment', input.id), conclusion, conclusionComment }),
      )
    },
  }),
)
