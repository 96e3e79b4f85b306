import { builder } from '../../graphql/builder.ts'

/** What a mutation answers whose object is gone. */
export const DeleteSuccess = builder.objectRef<{ deletedId: string }>('DeleteSuccess').implement({
  description: 'The object was deleted. Any valid key can read it.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    deletedId: t.exposeID('deletedId', { description: 'The global id that the object had.' }),
  }),
})
