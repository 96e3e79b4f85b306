import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { nodeIdPatterns, uuidPattern } from '../../platform/globalId.ts'
import { FeatureFlag } from './FeatureFlag.ts'
import { loadSurveys, maxThingsOfFlag, type PromptingRow, type SurveyRole, surveyLinkLoader } from './flagThings.ts'

nodeIdPatterns.set('Survey', uuidPattern)

export const Survey = builder.loadableNodeRef('Survey', {
  id: { resolve: ({ id }: PromptingRow) => id },
  load: async (ids: string[], context: Context) => await loadSurveys(context, ids),
  toKey: ({ id }) => id,
  sort: true,
})

Survey.implement({
  description: 'Questions that a product asks its users. Surveys use flags to choose whom. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The display name: at most 400 characters, not unique.' }),
    url: t.exposeString('url', { nullable: true, description: 'The page on which the survey is shown. Null when it is not known.' }),
    archived: t.exposeBoolean('archived', { description: 'Whether the survey is archived.' }),
  }),
})

const SurveyFlagRole = builder.enumType('SurveyFlagRole', {
  description: 'What a survey uses a flag for.',
  values: {
    LINKED: { description: 'A person chose the flag: the survey asks those for whom it is on.' },
    TARGETING: { description: 'The survey created the flag, to choose whom it asks.' },
    INTERNAL_TARGETING: { description: 'The survey created the flag, so that it does not ask anybody again.' },
    RESPONSE_SAMPLING: { description: 'The survey created the flag, to limit how many answers it collects.' },
  } satisfies Record<SurveyRole, { description: string }>,
})

const SurveyLink = builder.objectRef<PromptingRow & { role: SurveyRole }>('SurveyLink').implement({
  description: 'A survey that uses a flag. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    survey: t.field({ type: Survey, description: 'The survey.', resolve: (link) => link }),
    role: t.expose('role', { type: SurveyFlagRole, description: 'What the survey uses the flag for.' }),
  }),
})

builder.objectField(FeatureFlag, 'surveys', (t) =>
  t.field({
    type: [SurveyLink],
    listSize: shortListSize,
    description: `The surveys that use the flag, with the archived ones: at most ${maxThingsOfFlag} in each role.`,
    select: [],
    resolve: ({ id }, _args, context) => surveyLinkLoader(context).load(id),
  }),
)
