import { findWritableProject } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { planNewHoldout } from '../data/planHoldout.ts'
import { holdoutMutation } from '../Holdout.ts'
import { validateHoldout } from '../rules/validateHoldout.ts'

defineMutation({
  ...holdoutMutation,
  name: 'createHoldout',
  description: 'Creates a holdout. It has no effect until experiments use it: see `createExperiment`.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'A new holdout.',
  argumentDescription: 'The holdout.',
  input: (t) => ({
    projectId: projectInput(t, 'The project of the holdout'),
    name: t.string({ required: true, description: 'The name: 1 to 400 characters. It need not be unique.' }),
    description: t.string({ description: 'What the holdout is for: at most 400 characters. Default: none.' }),
    exclusionPercentage: t.float({ required: true, description: 'The share of people who are kept out, in percent: 0 to 100.' }),
  }),
  plan: async (tx, actor, { projectId, name, description, exclusionPercentage }) => {
    const values = { name, description: description ?? null, exclusionPercentage }
    const project = await findWritableProject(tx, actor, projectId)
    assertValid(validateHoldout(values))
    return planNewHoldout(actor, project, values)
  },
})
