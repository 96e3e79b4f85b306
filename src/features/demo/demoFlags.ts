import type { FeatureFlag, Prisma } from '../../database/generated/client.ts'

/** A flag of the demo shop. */
interface DemoFlag
  extends Pick<FeatureFlag, 'key' | 'name'>,
    Partial<Pick<FeatureFlag, 'active' | 'archived' | 'deleted' | 'tags' | 'evaluationRuntime'>> {
  filters: Prisma.InputJsonObject & { multivariate?: { variants: Prisma.InputJsonArray } | null }
  contexts?: string[]
  /** When it was last called, in days before now. */
  calledDaysAgo?: number
}

/** The groups and cohorts that the flags below name, as the REST API numbers them. */
export const companyGroupType = 0
export const demoCohortId = 1

const everyone = [{ properties: [], rollout_percentage: 100 }]
const split = (...variants: [string, number][]) => ({
  groups: everyone,
  multivariate: { variants: variants.map(([key, rollout_percentage]) => ({ key, rollout_percentage })) },
})
const halves = split(['control', 50], ['test', 50])

function condition(type: string, key: string, operator: string, value: Prisma.InputJsonValue) {
  return { type, key, operator, value }
}

/** Flags for every case of the eligibility rule, and with every kind of condition. */
export const demoFlags: DemoFlag[] = [
  { key: 'new-footer', name: 'The footer of 2025', filters: { groups: everyone, multivariate: null } },
  { key: 'pricing-page', name: 'Which price comes first', filters: halves, tags: ['pricing'] },
  { key: 'newsletter-popup', name: 'When the newsletter is offered', filters: halves, active: false, contexts: ['web'] },
  {
    key: 'search-ranking',
    name: 'How products are ranked',
    filters: split(['control', 34], ['sales', 33], ['reviews', 33]),
    contexts: ['api'],
    evaluationRuntime: 'server',
  },
  {
    key: 'beta-testers',
    name: 'Who sees unfinished things',
    filters: {
      groups: [{ properties: [{ key: 'email', type: 'person', operator: 'icontains', value: '@example.com' }], rollout_percentage: 100 }],
    },
  },
  { key: 'onboarding-tour', name: 'How new people are shown around', filters: halves, tags: ['growth'] },
  {
    key: 'free-shipping-bar',
    name: 'A bar that counts up to free shipping',
    filters: { ...halves, holdout: { id: 1, exclusion_percentage: 5 } },
    contexts: ['web'],
    evaluationRuntime: 'client',
  },
  { key: 'one-variant', name: 'Has a single variant: not for experiments', filters: split(['control', 100]) },
  { key: 'variants-the-wrong-way-round', name: 'Control is not first: not for experiments', filters: split(['test', 50], ['control', 50]) },
  {
    key: 'express-payment',
    name: 'Payment in one tap',
    filters: split(['control', 50], ['apple-pay', 25], ['card', 25]),
    tags: ['checkout'],
  },
  { key: 'photo-zoom', name: 'What happens when a photo is touched', filters: halves, active: false, contexts: ['web'] },
  { key: 'old-wishlist', name: 'The wishlist that nobody used', filters: halves, active: false, archived: true },
  {
    key: 'loyalty-points',
    name: 'Points for every purchase',
    filters: { ...halves, payloads: { test: '{"points": 10}' } },
    tags: ['growth'],
  },
  { key: 'gone', name: 'A flag that was deleted', filters: halves, active: false, deleted: true },
  { key: 'survey-targeting-found-us', name: 'Made by a survey for itself', filters: halves },
  { key: 'product-tour-welcome', name: 'Made by a product tour for itself', filters: halves },
  { key: 'delivery-estimate', name: 'How the delivery day is shown', filters: halves, contexts: ['api', 'web'] },
  {
    key: 'checkout-button',
    name: 'The colour of the last button',
    filters: { ...halves, payloads: { control: '"green"', test: '"blue"' } },
    tags: ['checkout'],
    contexts: ['web'],
    evaluationRuntime: 'client',
    calledDaysAgo: 0,
  },
  {
    key: 'summer-banner',
    name: 'A banner that nothing asks about any more: stale',
    filters: { groups: everyone, multivariate: null },
    calledDaysAgo: 75,
  },
  {
    key: 'delivery-map',
    name: 'Where the parcel is. It depends on delivery-estimate',
    filters: {
      groups: [{ properties: [condition('flag', 'delivery-estimate', 'flag_evaluates_to', true)], rollout_percentage: 100 }],
    },
    calledDaysAgo: 2,
  },
  {
    key: 'vip-support',
    name: 'A chat for people who buy often',
    filters: { groups: [{ properties: [condition('cohort', 'id', 'in', demoCohortId)], rollout_percentage: 100 }] },
    calledDaysAgo: 1,
  },
  {
    key: 'pay-by-invoice',
    name: 'Invoices for whole companies',
    filters: {
      groups: [{ properties: [{ ...condition('group', 'country', 'exact', ['DE', 'AT']), group_type_index: companyGroupType }] }],
      aggregation_group_type_index: companyGroupType,
    },
    calledDaysAgo: 1,
  },
]
