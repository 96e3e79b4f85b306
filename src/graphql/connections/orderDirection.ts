import { builder } from '../builder.ts'

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'The direction of an order.',
  values: {
    ASC: { description: 'Ascending: the smallest, earliest, or first by code point comes first.' },
    DESC: { description: 'Descending: the greatest, latest, or last by code point comes first.' },
  } as const,
})
