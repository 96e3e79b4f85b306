import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { projectField } from '../../projects/projectField.ts'
import { EvaluationContext } from '../EvaluationContext.ts'
import { type ContextRow, readThingsPage } from '../flagThings.ts'

const EvaluationContextConnection = builder.connectionObject(
  { type: EvaluationContext, name: 'EvaluationContextConnection', description: 'A page of evaluation contexts.' },
  { name: 'EvaluationContextEdge', description: 'An evaluation context on a page.' },
)

const filterArguments = builder.args((t) => ({
  search: t.string({
    description:
      'Only evaluation contexts whose name contains this text: at most 400 characters. Case does not matter. Empty text matches all.',
    validate: boundedText(400).nullish(),
  }),
}))

projectField(
  { root: 'evaluationContexts', onProject: 'evaluationContexts' },
  {
    type: EvaluationContextConnection,
    scope: 'feature_flag:read',
    description: 'The evaluation contexts of a project, the newest first. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...filterArguments, ...pageArguments },
    listSize: pageListSize,
    resolve: (project, { search, ...page }, context) => readThingsPage<ContextRow>(context, project.id, 'evaluationContexts', search, page),
  },
)
