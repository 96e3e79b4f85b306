import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { createRequestBudget } from '../../graphql/requestBudget.ts'
import { flagLoader } from '../featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../featureFlags/FeatureFlag.ts'
import { projectLoader } from '../projects/Project.ts'
import { activeDependentsLoader } from './data/dependentsLoader.ts'
import { loadWorldOfFlag } from './data/loadFlagWorld.ts'
import { type CheckedSample, findPeople, type SampleKindName, withCohorts } from './impactSample.ts'
import { type FlagValues, toEvaluatedFlag } from './rules/flagState.ts'
import { withFlag } from './rules/flagWorld.ts'
import { compareWorlds, type ImpactCounts, type ImpactWork, noImpact } from './rules/impact.ts'
import type { Answer } from './rules/possibleAnswers.ts'

/** What a change of a flag does to people. */
export interface Impact extends ImpactCounts {
  /** Null for a change that is not possible. */
  flagId: number | null
  sampleKind: SampleKindName | null
  warnings: readonly string[]
}

export const emptyImpact: Impact = { ...noImpact, flagId: null, sampleKind: null, warnings: [] }

/** How many conditions all impacts of a request may judge, and how many steps their comparisons may take. */
const requestWork = createRequestBudget((): ImpactWork => ({ conditions: 200_000, comparisons: { steps: 2_000_000 } }))

/** Judges a change of a flag that the viewer may see. */
export async function loadImpact(
  context: Context,
  flag: { id: number; projectId: number },
  after: FlagValues,
  sample: CheckedSample,
): Promise<Impact> {
  const project = await projectLoader(context).load(flag.projectId)
  // This cannot happen: the viewer sees the flag, so also its project.
  if (project === null) throw new Error(`Project ${flag.projectId} disappeared while it was read.`)
  const changed = toEvaluatedFlag(after)
  const world = await loadWorldOfFlag(context, { id: flag.id, project, otherRules: changed.rules })
  const people = await findPeople(context, project, world, sample)
  const subjects = await withCohorts(context, world, people)
  const work = requestWork(context)
  const counts = compareWorlds([world, withFlag(world, changed)], flag.id, subjects, people.kind === 'SYNTHETIC', work)
  const isOutOfWork = work.comparisons.steps <= 0
  const warnings = [
    ...people.warnings,
    ...(counts.sampled < subjects.length
      ? [`There are too many conditions to judge everybody: only ${counts.sampled} people of ${subjects.length} were judged.`]
      : []),
    ...(isOutOfWork ? ['The comparisons take too long, so some people are undecided.'] : []),
    ...(counts.undecided > 0 && !isOutOfWork ? ['Conditions ask for more than ids. Give people, or choose recent ones.'] : []),
  ]
  return { ...counts, flagId: flag.id, sampleKind: people.kind, warnings }
}

const access = { authScopes: { scope: 'feature_flag:read' } } as const
const scopeText = 'Needs a key with the scope `feature_flag:read`.'

const ImpactSampleKind = builder.enumType('ImpactSampleKind', {
  description: 'For whom the impact of a change was judged.',
  values: {
    SUBJECTS: { description: 'The people that were given.' },
    RECENT: { description: 'People of recent events.' },
    SYNTHETIC: { description: 'Made-up ids, of which nothing else is known.' },
  } satisfies Record<SampleKindName, { description: string }>,
})

const shown = (answer: Answer) => (answer === '' ? 'true' : answer)

const VariantMove = builder.objectRef<ImpactCounts['moves'][number]>('VariantMove').implement({
  description: `How many people would get another answer instead of the one that they get. ${scopeText}`,
  ...access,
  fields: (t) => ({
    from: t.string({
      nullable: true,
      description: 'What they get now: the key of a variant, or `true` for on without one. Null: the flag is off for them.',
      resolve: ({ from }) => shown(from),
    }),
    to: t.string({
      nullable: true,
      description: 'What they would get: the key of a variant, or `true` for on without one. Null: the flag would be off for them.',
      resolve: ({ to }) => shown(to),
    }),
    count: t.exposeInt('count', { description: 'How many people of the sample.' }),
  }),
})

export const ChangeImpact = builder.objectRef<Impact>('ChangeImpact').implement({
  description:
    'What a change of a flag does to people: the flag as it is and as it would be, judged for the same people as by `FeatureFlag.evaluate`. ' +
    '`sampled` is the sum of `undecided`, `unchanged`, `turnedOn`, `turnedOff` and `otherVariant`. Nothing is written or counted. ' +
    scopeText,
  ...access,
  fields: (t) => ({
    sampleKind: t.field({
      type: ImpactSampleKind,
      nullable: true,
      description: 'Who was judged. Null when the change is not possible, so that nobody was.',
      resolve: ({ sampleKind }) => sampleKind,
    }),
    sampled: t.exposeInt('sampled', { description: 'How many people were judged. Fewer than asked for are told in `warnings`.' }),
    undecided: t.exposeInt('undecided', { description: 'For how many it is not certain, because conditions ask for what is not known.' }),
    unchanged: t.exposeInt('unchanged', { description: 'How many would get what they get now.' }),
    turnedOn: t.exposeInt('turnedOn', { description: 'For how many the flag is off, and would be on.' }),
    turnedOff: t.exposeInt('turnedOff', { description: 'For how many the flag is on, and would be off.' }),
    otherVariant: t.exposeInt('otherVariant', { description: 'For how many the flag stays on, with another variant.' }),
    moves: t.field({
      type: [VariantMove],
      listSize: { assumedSize: 10 },
      description: 'The changed answers, the most frequent first.',
      resolve: ({ moves }) => moves,
    }),
    dependents: t.field({
      type: [FeatureFlag],
      listSize: { assumedSize: 10 },
      description: 'The other flags that are on and have a condition on this one, at most 100. Their answers may change too.',
      resolve: async ({ flagId }, _args, context) => {
        if (flagId === null) return []
        const rows = await activeDependentsLoader(context).load(flagId)
        const flags = await Promise.all(rows.map(({ id }) => flagLoader(context).load(id)))
        return flags.filter((row) => row !== null)
      },
    }),
    warnings: t.stringList({
      description: 'What to know about these numbers, in plain words for people. The words may change.',
      resolve: ({ warnings }) => [...warnings],
    }),
  }),
})
