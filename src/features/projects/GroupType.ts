import { requiresScopeText } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { type GroupTypeRow, loadGroupTypes } from './data/groupTypes.ts'
import { Project } from './Project.ts'

export const GroupType = builder.objectRef<GroupTypeRow>('GroupType').implement({
  description:
    'A kind of group, such as companies. A flag may divide groups in place of people. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'The index by which flags name it: 0 to 4.' }),
    name: t.exposeString('name', { description: 'The name in the code of applications, such as `company`. Unique in the project.' }),
    singular: t.string({
      description: 'The name of one group for people. It is `name` when none is stored.',
      resolve: ({ singular, name }) => singular ?? name,
    }),
    plural: t.string({
      description: 'The name of several groups for people. It is `name` and an s when none is stored.',
      resolve: ({ plural, name }) => plural ?? `${name}s`,
    }),
  }),
})

builder.objectField(Project, 'groupTypes', (t) =>
  t.field({
    type: [GroupType],
    nullable: true,
    listSize: shortListSize,
    description: `The group types of the project, by index: at most five.\n\n${requiresScopeText('feature_flag:read')}`,
    authScopes: { scope: 'feature_flag:read' },
    resolve: ({ id }, _args, context) => loadGroupTypes(context, id),
  }),
)
