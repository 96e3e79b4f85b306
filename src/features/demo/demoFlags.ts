import type { FeatureFlag, Prisma } from '../../database/generated/client.ts'

/** A flag of the demo shop. */
interface DemoFlag
  extends Pick<FeatureFlag, 'key' | 'name'>,
    Partial<Pick<FeatureFlag, 'active' | 'archived' | 'deleted' | 'tags' | 'evaluationRuntime'>> {
  filters: Prisma.InputJsonObject & { multivariate?: { variants: Prisma.InputJsonArray } | null }
  contexts?: string[]
}

const everyone = [{ properties: [], rollout_percentage: 100 }]
const split = (...variants: [string, number][]) => ({
  groups: everyone,
  multivariate: { variants: variants.map(([key, rollout_percentage]) => ({ key, rollout_percentage })) },
})
const halves = split(['control', 50], ['test', 50])

/** Flags for every case of the eligibility rule, the oldest first. */
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
    filters: halves,
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
  },
]
