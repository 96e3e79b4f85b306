import { ApiError } from '../posthog/server/errors.ts'
import type { PostHog } from '../posthog/startPostHog.ts'
import type { Random } from './random.ts'

const groups = (percentage: number) => [{ properties: [], rollout_percentage: percentage }]
const variants = (control: number) => [
  { key: 'control', name: '', rollout_percentage: control },
  { key: 'test', name: '', rollout_percentage: 100 - control },
]
const actions = ['launch', 'pause', 'resume', 'end', 'archive', 'unarchive', 'reset', 'ship_variant'] as const
const bodies: Partial<Record<(typeof actions)[number], object>> = {
  end: { conclusion: 'won' },
  ship_variant: { variant_key: 'test', release_to_everyone: true },
}

/** Changes that people make in PostHog. Those that its rules refuse do not count. */
export function upstreamChanges(posthog: PostHog, random: Random) {
  const { state, person, rows, project } = posthog
  let made = 0
  // The rows of write-through are left alone, so that nobody deletes what a mutation has just made.
  const flags = (deleted = false) =>
    state.flags.where((row) => row.team_id === project.id && row.internal === null && row.deleted === deleted && !row.key.startsWith('w-'))
  const experiments = () => state.experiments.where((row) => row.team_id === project.id && !row.deleted && !row.name.startsWith('w-'))
  const ofFlag = (change: (id: number) => void, deleted = false) => {
    const flag = random.pick(flags(deleted))
    if (flag !== undefined) change(flag.id)
    return flag !== undefined
  }
  const ofExperiment = (change: (id: number) => void) => {
    const experiment = random.pick(experiments())
    if (experiment !== undefined) change(experiment.id)
    return experiment !== undefined
  }
  const text = () => `Change ${made}`
  const newFlag = () => person.createFlag({ key: `made-${made}-${state.flags.lastId}`, filters: { groups: groups(random.below(101)) } })

  /** By weight: how often each kind of change comes up. */
  const kinds: readonly [weight: number, change: () => boolean][] = [
    [6, () => ofFlag((id) => person.updateFlag(id, { name: text() }))],
    [4, () => ofFlag((id) => person.updateFlag(id, { filters: { groups: groups(random.below(101)) } }))],
    [3, () => ofFlag((id) => person.updateFlag(id, { active: random.below(2) === 0 }))],
    [2, () => ofFlag((id) => person.updateFlag(id, { tags: [`tag-${random.below(5)}`] }))],
    [1, () => ofFlag((id) => person.updateFlag(id, { archived: random.below(2) === 0, active: false }))],
    [1, () => ofFlag((id) => person.updateFlag(id, { evaluation_runtime: random.pick(['server', 'client', 'all']) ?? 'all' }))],
    [3, () => newFlag() !== undefined],
    [1, () => ofFlag((id) => person.deleteFlag(id))],
    [1, () => ofFlag((id) => person.deleteFlagsInBulk([id]))],
    [1, () => ofFlag((id) => person.restoreFlag(id), true)],
    // A new flag with the key of a deleted one: that one is gone for good, or has another key.
    [1, () => ofFlag((id) => person.createFlag({ key: person.flag(id).key.replace(/:deleted:\d+$/, '') }), true)],
    [
      2,
      () => {
        const flag = person.createFlag({
          key: `tested-${made}-${state.flags.lastId}`,
          filters: { groups: groups(100), multivariate: { variants: variants(50) } },
          active: false,
        })
        return person.createExperiment({ name: text(), feature_flag_key: flag.key }) !== undefined
      },
    ],
    [3, () => ofExperiment((id) => person.updateExperiment(id, { name: text(), description: text() }))],
    [
      4,
      () =>
        ofExperiment((id) => {
          const action = random.pick(actions) ?? 'launch'
          person.act(id, action, { ...bodies[action] })
        }),
    ],
    [1, () => ofExperiment((id) => person.deleteExperiment(id))],
    [1, () => person.createHoldout(text(), random.below(20)) !== undefined],
    [
      1,
      () => {
        const holdout = random.pick(state.holdouts.where(({ team_id }) => team_id === project.id))
        if (holdout === undefined) return false
        if (random.below(3) === 0) person.deleteHoldout(holdout.id)
        else person.updateHoldout(holdout.id, { filters: [{ properties: [], rollout_percentage: random.below(30) }] })
        return true
      },
    ],
    [
      1,
      () => {
        const holdout = random.pick(state.holdouts.where(({ team_id }) => team_id === project.id))
        return holdout !== undefined && ofExperiment((id) => person.updateExperiment(id, { holdout_id: holdout.id }))
      },
    ],
    [
      1,
      () => {
        const metric = random.pick(state.savedMetrics.where(({ team_id }) => team_id === project.id))
        if (metric !== undefined && random.below(2) === 0) rows.removeSavedMetric(metric.id)
        else rows.savedMetric({ name: `Metric ${made}` })
        return true
      },
    ],
    [
      1,
      () => {
        const action = random.pick(state.actions.where(({ team_id }) => team_id === project.id))
        if (action === undefined || random.below(2) === 0) rows.action({ name: `Action ${made}` })
        else state.actions.update(action, { description: text(), deleted: random.below(4) === 0 })
        return true
      },
    ],
    [
      1,
      () => {
        const survey = random.pick(state.surveys.where(({ team_id }) => team_id === project.id))
        if (survey === undefined || random.below(2) === 0) rows.survey({ name: `Survey ${made}` })
        else if (random.below(3) === 0) rows.removeSurvey(survey.id)
        else state.surveys.update(survey, { name: text() })
        return true
      },
    ],
  ]
  const all = kinds.flatMap(([weight, change]) => Array.from({ length: weight }, () => change))

  return {
    /** Makes so many changes. */
    make(count: number): void {
      for (const goal = made + count; made < goal; ) {
        try {
          if (random.pick(all)?.() === true) made++
        } catch (error) {
          // A rule of PostHog. Nothing was changed.
          if (!(error instanceof ApiError) && !/cannot|must|not/i.test(String(error))) throw error
        }
      }
    },
    /** Changes that move neither `version` nor `updated_at`. Only a full comparison finds them all. */
    makeSilently(count: number): void {
      const chosen = Array.from({ length: count }, () => random.pick(flags())?.id ?? 0)
      person.tagFlagsInBulk(
        chosen.filter((id) => id > 0),
        [`silent-${made}`],
      )
    },
  }
}
