import { adminLevel, memberLevel, ownerLevel } from '../../auth/membershipLevel.ts'
import { findOrCreateContexts } from '../../commands/evaluationContexts.ts'
import type { Transaction } from '../../database/client.ts'
import type { Experiment } from '../../database/generated/client.ts'
import { demoEmail } from '../../platform/demoUser.ts'
import { demoEvents } from './demoEvents.ts'
import { demoFlags } from './demoFlags.ts'

const dayMs = 24 * 60 * 60 * 1000

/** `start` and `end` are days before now. */
interface DemoExperiment extends Pick<Experiment, 'name'>, Partial<Pick<Experiment, 'archived' | 'conclusion'>> {
  flag: string
  event: string
  start?: number
  end?: number
}

const demoExperiments: DemoExperiment[] = [
  { flag: 'checkout-button', name: 'Checkout button: green or blue?', event: 'purchase', start: 3 },
  { flag: 'search-ranking', name: 'Ranking by sales', event: 'product_viewed', start: 12 },
  { flag: 'onboarding-tour', name: 'A shorter onboarding', event: 'signed_up', start: 20, end: 4, conclusion: 'won' },
  { flag: 'pricing-page', name: 'Annual price first', event: 'purchase', start: 41, end: 15, conclusion: 'lost' },
  { flag: 'newsletter-popup', name: 'Popup after two pages', event: '$pageview', start: 50, end: 35 },
  { flag: 'free-shipping-bar', name: 'Free shipping bar', event: 'add_to_cart', start: 26 },
  { flag: 'photo-zoom', name: 'Zoom on hover', event: 'product_viewed' },
  { flag: 'checkout-button', name: 'Checkout button, second round', event: 'purchase' },
  { flag: 'express-payment', name: 'One-tap payment', event: 'purchase', start: 8 },
  { flag: 'search-ranking', name: 'Ranking, first try', event: 'product_viewed', start: 90, end: 70, archived: true },
]

/**
 * Fills an empty database with a small shop: flags of every kind, experiments in every state, prompts, actions, and a week of events
 * that ends now.
 */
export async function seedDemo(tx: Transaction, now: Date): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs)

  const organization = await tx.organization.create({ data: { name: 'Demo' } })
  const users = await Promise.all(
    [
      { email: demoEmail, firstName: 'Demo', level: ownerLevel },
      { email: 'ada@example.com', firstName: 'Ada', level: adminLevel },
      { email: 'grace@example.com', firstName: 'Grace', level: memberLevel },
    ].map(({ level, ...userId }) =>
      tx.user.create({ data: { ...userId, memberships: { create: { organizationId: organization.id, level } } } }),
    ),
  )
  const userId = (index: number) => users[index % users.length]?.id ?? null
  await tx.role.create({
    data: { organizationId: organization.id, name: 'Release managers', members: { create: { userId: users[1]?.id ?? 0 } } },
  })
  const project = await tx.project.create({ data: { organizationId: organization.id, name: 'Demo shop', timezone: 'Europe/Berlin' } })
  const inProject = { projectId: project.id }

  const flags = new Map<string, number>()
  const contexts = await findOrCreateContexts(tx, project.id, ['api', 'web'])
  for (const [index, { contexts: names = [], ...flag }] of demoFlags.entries()) {
    const { id } = await tx.featureFlag.create({
      data: {
        ...inProject,
        ...flag,
        createdById: userId(index),
        lastModifiedById: userId(index + 1),
        createdAt: daysAgo(100 - index * 3.5),
        updatedAt: daysAgo(40 - index),
        evaluationContexts: { create: names.map((name) => ({ evaluationContextId: contexts.get(name) ?? '' })) },
      },
    })
    flags.set(flag.key, id)
  }

  const flagId = (key: string) => flags.get(key) ?? 0
  await tx.survey.create({
    data: { ...inProject, name: 'How did you find us?', internalTargetingFlagId: flagId('survey-targeting-found-us') },
  })
  await tx.productTour.create({
    data: { ...inProject, name: 'Welcome', archived: true, internalTargetingFlagId: flagId('product-tour-welcome') },
  })

  for (const [index, { flag, event, start, end, ...experiment }] of demoExperiments.entries()) {
    await tx.experiment.create({
      data: {
        ...inProject,
        ...experiment,
        featureFlagId: flagId(flag),
        description: '',
        startDate: start === undefined ? null : daysAgo(start),
        endDate: end === undefined ? null : daysAgo(end),
        createdById: userId(index),
        createdAt: daysAgo((start ?? 1) + 2),
        updatedAt: daysAgo(end ?? start ?? 1),
        parameters: { feature_flag_variants: demoFlags.find(({ key }) => key === flag)?.filters.multivariate?.variants ?? [] },
        metrics: [{ kind: 'ExperimentMetric', metric_type: 'mean', name: event, source: { kind: 'EventsNode', event } }],
        statsConfig: { method: 'bayesian' },
        exposureCriteria: { filterTestAccounts: true },
      },
    })
  }

  for (const version of [1, 2, 3]) {
    const prompt = `You greet visitors of a shop. Be ${['brief', 'warm', 'brief and warm'][version - 1]}.`
    await tx.prompt.create({
      data: { ...inProject, name: 'greeter', version, isLatest: version === 3, prompt, createdAt: daysAgo(30 - version) },
    })
  }
  await tx.action.create({
    data: { ...inProject, name: 'Bought something', steps: [{ event: 'purchase' }, { event: 'gift_card_bought' }] },
  })
  await tx.action.create({ data: { ...inProject, name: 'Did anything', steps: [{ event: null }] } })
  await tx.event.createMany({ data: demoEvents(now).map((event) => ({ ...inProject, ...event })) })
}
