import type { Action as ActionRow } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { asArray, isObject, type JsonObject } from '../../platform/json.ts'
import { Project } from '../projects/Project.ts'
import { userField } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { actionLoader } from './data/actionLoader.ts'

export const Action = nodeRef<ActionRow>('Action', (context, ids) => {
  // The scope is checked first, so that a key without it cannot find out which actions exist.
  requireScope(context, 'experiment:read')
  return Promise.all(ids.map((id) => actionLoader(context).load(id)))
})

const ActionStep = builder.objectRef<JsonObject>('ActionStep').implement({
  description: 'One way in which an event can match an action. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    event: t.string({ nullable: true, description: 'The name of the event. Null: an event of any name.', resolve: textOf('event') }),
    url: t.string({ nullable: true, description: 'The URL of the page, or a part of it. Null: any page.', resolve: textOf('url') }),
    selector: t.string({ nullable: true, description: 'A CSS selector of the element. Null: any element.', resolve: textOf('selector') }),
    text: t.string({ nullable: true, description: 'The text of the element. Null: any text.', resolve: textOf('text') }),
    properties: t.field({
      type: 'JSON',
      description: 'The filters on properties, in the form of the REST API. An empty list when there are none.',
      resolve: ({ properties }) => properties ?? [],
    }),
  }),
})

function textOf(key: string) {
  return ({ [key]: value }: JsonObject): string | null => (typeof value === 'string' && value !== '' ? value : null)
}

Action.implement({
  description:
    'A named set of steps that match events. Metrics can count an action in place of an event. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The action's number, as in the URLs of the REST API." }),
    project: t.field({ type: Project, description: 'The project of the action.', resolve: ({ projectId }) => projectId }),
    name: t.exposeString('name', { description: 'The display name.' }),
    description: t.exposeString('description', { nullable: true, description: 'What the action stands for. Null when nothing is stored.' }),
    tags: t.exposeStringList('tags', { description: 'Labels that the organization chooses.' }),
    steps: t.field({
      type: [ActionStep],
      listSize: shortListSize,
      description: 'The steps. An event matches the action if it matches any of them. Malformed steps match nothing, and are left out.',
      resolve: ({ steps }) => (asArray(steps) ?? []).filter(isObject),
    }),
    deleted: t.exposeBoolean('deleted', {
      description: 'Whether the action is deleted. A metric on a deleted action counts no event.',
    }),
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'The user who created the action. Null when it is not known, or the account no longer exists.',
      ...userField('createdById'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the action was created.' }),
  }),
})
