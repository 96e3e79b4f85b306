import { builder } from '../../graphql/builder.ts'

export const VariantInputType = builder.inputType('VariantInput', {
  description: "A variant of an experiment's flag.",
  fields: (t) => ({
    key: t.string({
      required: true,
      description: 'The answer itself: 1 to 400 letters, digits, hyphens, underscores, dots and slashes, unique in its flag.',
    }),
    name: t.string({ required: false, description: 'What people call it: at most 400 characters.' }),
    rolloutPercentage: t.float({ required: true, description: 'The share of people who get it, in per cent; all shares sum to 100.' }),
    payload: t.field({ type: 'JSON', required: false, description: 'What is delivered with the answer: any JSON of at most 64 KiB.' }),
  }),
})
