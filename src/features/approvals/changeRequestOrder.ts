import { builder } from '../../graphql/builder.ts'
import { OrderDirection } from '../../graphql/connections/orderDirection.ts'

const ChangeRequestOrderField = builder.enumType('ChangeRequestOrderField', {
  description: 'The values that change requests can be ordered by.',
  values: {
    CREATED_AT: { description: 'When the change was requested.' },
    EXPIRES_AT: { description: 'When the request expires, or would have expired.' },
  } as const,
})

export const ChangeRequestOrder = builder.inputType('ChangeRequestOrder', {
  description: 'An order of change requests. Requests with equal values are ordered by their number, in the same direction.',
  fields: (t) => ({
    field: t.field({ type: ChangeRequestOrderField, required: true, description: 'The value to order by.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Ascending or descending.' }),
  }),
})
