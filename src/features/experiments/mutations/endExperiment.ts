import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { validateText } from '../../../platform/textValidation.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment, ExperimentConclusion } from '../Experiment.ts'
import { assertState, endBlocker } from '../rules/lifeCycle.ts'
import { maxConclusionCommentLength } from '../rules/validateExperiment.ts'

/** How long a comment on a conclusion may be, in characters (experiments.md 1.2). */

const endExperiment = defineCommand<{ id: number; conclusion: Conclusion; conclusionComment: string | null }>({
  name: 'endExperiment',
  plan: async (tx, actor, { id, conclusion, conclusionComment }) => {
    const experiment = await lockExperiment(tx, actor, id)
    assertState(endBlocker(experiment), experiment, experiment.featureFlag)
    assertValid(validateText(['conclusionComment'], conclusionComment, maxConclusionCommentLength))
    return planUpdate(actor, experiment, { endDate: actor.now, conclusion, conclusionComment })
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
      `it is: it goes on serving its variants.\n\n${requiresScopeText('experiment:write')}`,
    args: { input: t.arg({ type: EndExperimentInput, required: true, description: 'Which experiment, and what came out of it.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('endExperiment', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) => {
      const { conclusion = null, conclusionComment = null } = input
      return reloadExperiment(
        context,
        await runCommand(context, endExperiment, { id: parseInputId('Experiment', input.id), conclusion, conclusionComment }),
      )
    },
  }),
)
