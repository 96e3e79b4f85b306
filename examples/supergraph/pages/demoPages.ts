import type { Page } from './Page.ts'

const stories = [
  { path: '/checkout', title: 'Pay', flagKey: 'checkout-button' },
  { path: '/search', title: 'Find something', flagKey: 'search-ranking' },
  { path: '/welcome', title: 'Your first visit', flagKey: 'onboarding-tour' },
  { path: '/pricing', title: 'What it costs', flagKey: 'pricing-page' },
  { path: '/terms', title: 'The small print', flagKey: null },
]

/** The pages of the demo shop. */
export function demoPages(project: string, experiments: readonly { databaseId: number; featureFlag: { key: string } }[]): Page[] {
  return stories.map((story, index) => ({
    id: index + 1,
    ...story,
    publishedAt: new Date(Date.UTC(2026, index, 1)),
    layout: { columns: 1 + (index % 2) },
    projectId: project,
    experimentId: experiments.find(({ featureFlag }) => featureFlag.key === story.flagKey)?.databaseId ?? null,
  }))
}
