import { nodeRef } from '../../graphql/nodeRef.ts'
import { cohortLoader } from './data/cohortLoader.ts'

export const Cohort = nodeRef('Cohort', (context, ids) => Promise.all(ids.map((id) => cohortLoader(context).load(id))))

Cohort.implement({
  description:
    'People who match a definition, or a fixed list of them. Conditions of flags name cohorts. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The cohort's number, as in the URLs of the REST API." }),
    name: t.exposeString('name', { nullable: true, description: 'The name. It is not unique. Null when there is none.' }),
    static: t.exposeBoolean('isStatic', {
      description: 'Whether the cohort is a fixed list of people. Otherwise a definition decides who is a member.',
    }),
    size: t.exposeInt('size', {
      nullable: true,
      description: 'The number of people, as known at the import or when the cohort was made. Null when it is not known.',
    }),
  }),
})
