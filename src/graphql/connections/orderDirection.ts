import { builder } from '../builder.ts'

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end of an order comes first.',
  values: {
    ASC: { description: 'The smallest, earliest, or first by code point comes first.' },
    DESC: { description: 'The greatest, latest, or last by code point comes first.' },
  } as const,
})
