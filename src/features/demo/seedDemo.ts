import { adminLevel, memberLevel, ownerLevel } from '../../auth/membershipLevel.ts'
import { findOrCreateContexts } from '../../commands/evaluationContexts.ts'
import type { Transaction } from '../../database/client.ts'
import type { Experiment } from '../../database/generated/client.ts'
import { demoEmail } from '../../platform/demoUser.ts'
import { demoEvents, demoFlagCalls } from './demoEvents.ts'
import { companyGroupType, demoCohortId, demoFlags } from './demoFlags.ts'

/** The second person of the demo project, who may request changes that a policy guards. */
export const memberEmail = 'grace@example.com'
/** A running experiment that only an owner may pause without approval. */
export const guardedExperiment = 'One-tap payment'

const dayMs = 24 * 60 * 60 * 1000

/** `start` and `end` are days before now. */
interface DemoExperiment extends Pick<Experiment, 'name'>, Partial<Pick<Experiment, 'archived' | 'conclusion'>> {
  flag: string
  event: string
  start?: number
  end?: number
  /** Whether the holdout keeps people out of it. */
  heldOut?: boolean
}

const demoExperiments: DemoExperiment[] = [
  { flag: 'checkout-button', name: 'Checkout button: green or blue?', event: 'purchase', start: 3 },
  { flag: 'search-ranking', name: 'Ranking by sales', event: 'product_viewed', start: 12 },
  { flag: 'onboarding-tour', name: 'A shorter onboarding', event: 'signed_up', start: 20, end: 4, conclusion: 'won' },
  { flag: 'pricing-page', name: 'Annual price first', event: 'purchase', start: 41, end: 15, conclusion: 'lost' },
  { flag: 'newsletter-popup', name: 'Popup after two pages', event: '$pageview', start: 50, end: 35 },
  { flag: 'free-shipping-bar', name: 'Free shipping bar', event: 'add_to_cart', start: 26, heldOut: true },
  { flag: 'photo-zoom', name: 'Zoom on hover', event: 'product_viewed' },
  { flag: 'checkout-button', name: 'Checkout button, second round', event: 'purchase' },
  { flag: 'express-payment', name: guardedExperiment, event: 'purchase', start: 8 },
  { flag: 'search-ranking', name: 'Ranking, first try', event: 'product_viewed', start: 90, end: 70, archived: true },
]

/**
 * Fills an empty database with a small shop: flags of every kind, experiments in every state, a holdout, metrics, cohorts, prompts,
 * actions, a week of events that ends now, and a month of calls of a flag. A policy guards pauses of running experiments.
 */
export async function seedDemo(tx: Transaction, now: Date): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs)

  const organization = await tx.organization.create({ data: { name: 'Demo' } })
  const users = await Promise.all(
    [
      { email: demoEmail, firstName: 'Demo', level: ownerLevel },
      { email: 'ada@example.com', firstName: 'Ada', level: adminLevel },
      { email: memberEmail, firstName: 'Grace', level: memberLevel },
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

  await tx.groupType.create({
    data: { ...inProject, index: companyGroupType, name: 'company', singular: 'Company', plural: 'Companies' },
  })
  await tx.cohort.create({
    data: {
      ...{ ...inProject, id: demoCohortId, name: 'Frequent buyers', size: 212, createdById: userId(1) },
      filters: { properties: { type: 'AND', values: [{ type: 'person', key: 'orders', operator: 'gte', value: 5 }] } },
    },
  })
  await tx.cohort.create({
    data: {
      ...{ ...inProject, id: demoCohortId + 1, name: 'Press', isStatic: true, size: 2, createdById: userId(0) },
      members: { create: [{ distinctId: 'visitor-3' }, { distinctId: 'visitor-11' }] },
    },
  })
  await tx.$executeRaw`SELECT setval(pg_get_serial_sequence('cohorts', 'id'), ${demoCohortId + 1})`
  const holdout = await tx.holdout.create({
    data: {
      ...{ ...inProject, name: 'Never in experiments', description: 'To see what all experiments together change' },
      filters: [{ properties: [], rollout_percentage: 5, variant: 'holdout-1' }],
      createdById: userId(1),
    },
  })
  const savedMetric = await tx.savedMetric.create({
    data: {
      ...{ ...inProject, name: 'Revenue per visitor', description: 'The sum of all purchases', tags: ['money'], createdById: userId(1) },
      query: {
        ...{ kind: 'ExperimentMetric', metric_type: 'mean', goal: 'increase', uuid: '5d0c6a10-6c5a-4b3c-8c1a-0a4f4e5b9a01' },
        source: { kind: 'EventsNode', event: 'purchase', math: 'sum', math_property: 'amount' },
      },
    },
  })

  const flags = new Map<string, number>()
  const contexts = await findOrCreateContexts(tx, project.id, ['api', 'web'])
  for (const [index, { contexts: names = [], calledDaysAgo, ...flag }] of demoFlags.entries()) {
    const { id } = await tx.featureFlag.create({
      data: {
        ...inProject,
        ...flag,
        createdById: userId(index),
        lastModifiedById: userId(index + 1),
        lastCalledAt: calledDaysAgo === undefined ? null : daysAgo(calledDaysAgo),
        createdAt: daysAgo(100 - index * 3.5),
        updatedAt: daysAgo(40 - index),
        evaluationContexts: { create: names.map((name) => ({ evaluationContextId: contexts.get(name) ?? '' })) },
      },
    })
    flags.set(flag.key, id)
  }

  const flagId = (key: string) => flags.get(key) ?? 0
  await tx.survey.create({
    data: {
      ...{ ...inProject, name: 'How did you find us?', url: 'https://shop.example.com/' },
      ...{ internalTargetingFlagId: flagId('survey-targeting-found-us'), linkedFlagId: flagId('onboarding-tour') },
    },
  })
  await tx.productTour.create({
    data: { ...inProject, name: 'Welcome', archived: true, internalTargetingFlagId: flagId('product-tour-welcome') },
  })

  for (const [index, { flag, event, start, end, heldOut = false, ...experiment }] of demoExperiments.entries()) {
    await tx.experiment.create({
      data: {
        ...inProject,
        ...experiment,
        holdoutId: heldOut ? holdout.id : null,
        savedMetrics: event === 'purchase' ? { create: { savedMetricId: savedMetric.id, metadata: { type: 'secondary' } } } : {},
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

  await tx.approvalPolicy.create({
    data: {
      ...inProject,
      organizationId: organization.id,
      actionKey: 'EXPERIMENT_PAUSE',
      quorum: 1,
      approverUserIds: users.slice(0, 2).map(({ id }) => id),
      bypassMembershipLevels: [ownerLevel],
      createdById: userId(0),
    },
  })

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
  await tx.event.createMany({ data: [...demoEvents(now), ...demoFlagCalls(now)].map((event) => ({ ...inProject, ...event })) })
}
