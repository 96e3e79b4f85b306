import { builder } from '../../graphql/builder.ts'

export const VariantInputType = builder.inputType('VariantInput', {
  description: "A variant of an experiment's flag.",
  fields: (t) => ({
    key: t.string({
      required: true,
      description:
        'The value that the flag returns: 1 to 400 letters, digits, hyphens, underscores, dots and slashes. Unique within the flag.',
    }),
    name: t.string({ description: 'The display name: at most 400 characters.' }),
    rolloutPercentage: t.float({
      required: true,
      description: 'The share of people who get the variant, in percent: 0 to 100. All shares add up to 100.',
    }),
    payload: t.field({ type: 'JSON', description: 'The data that applications get with the variant: any JSON of at most 64 KiB.' }),
  }),
})
