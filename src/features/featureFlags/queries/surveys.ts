import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { projectField } from '../../projects/projectField.ts'
import { type PromptingRow, readThingsPage } from '../flagThings.ts'
import { Survey } from '../Survey.ts'

const SurveyConnection = builder.connectionObject(
  { type: Survey, name: 'SurveyConnection', description: 'A page of surveys.' },
  { name: 'SurveyEdge', description: 'A survey on a page.' },
)

const filterArguments = builder.args((t) => ({
  search: t.string({
    description: 'Only surveys whose name contains this text: at most 400 characters. Case does not matter. Empty text matches all.',
    validate: boundedText(400).nullish(),
  }),
}))

projectField(
  { root: 'surveys', onProject: 'surveys' },
  {
    type: SurveyConnection,
    scope: 'feature_flag:read',
    description: 'The surveys of a project, the newest first, with the archived ones. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...filterArguments, ...pageArguments },
    listSize: pageListSize,
    resolve: (project, { search, ...page }, context) => readThingsPage<PromptingRow>(context, project.id, 'surveys', search, page),
  },
)
