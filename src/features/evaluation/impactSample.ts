import type { Project } from '../../database/generated/client.ts'
import { boundedText } from '../../graphql/argumentLimits.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { BadUserInputError } from '../../graphql/errors.ts'
import { maxRecentEvents } from '../events/recentEvents.ts'
import { loadStaticCohorts } from './data/loadFlagWorld.ts'
import { loadRecentPeople, maxEventBytes } from './data/recentPeople.ts'
import { jsonBounds, type SubjectArguments, toSubject } from './evaluationArguments.ts'
import type { FlagWorld } from './rules/flagWorld.ts'
import { cutId } from './rules/hash.ts'
import type { Subject } from './rules/subject.ts'

// For whom the impact of a change is judged.

const maxPeople = 1_000
const defaultRecent = 200

const EvaluationSubjectInput = builder.inputType('EvaluationSubjectInput', {
  description: 'A person for whom flags are evaluated. All that is known of them stands here.',
  fields: (t) => ({
    distinctId: t.string({
      required: true,
      description: 'The distinct id, at most 1,000 characters. Its first 200 count. Case and blanks matter.',
    }),
    groups: t.field({ type: 'JSON', description: `The keys of the groups, by the name of their group type. ${jsonBounds}` }),
    personProperties: t.field({ type: 'JSON', description: `The properties of the person, as an object. ${jsonBounds}` }),
    groupProperties: t.field({
      type: 'JSON',
      description: `The properties of the groups, by the name of their group type. ${jsonBounds}`,
    }),
  }),
})

export const ImpactSampleInput = builder.inputType('ImpactSampleInput', {
  description: 'The people for whom a change is judged: exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    subjects: t.field({ type: [EvaluationSubjectInput], description: `These people: 1 to ${maxPeople.toLocaleString('en')}.` }),
    recent: t.int({
      description:
        `The people of the newest events: 1 to ${maxPeople.toLocaleString('en')}. Looked at are the ${maxRecentEvents.toLocaleString('en')} ` +
        'newest events `$feature_flag_called` and as many `$pageview`. Known of each distinct id is what its newest event among them carries: ' +
        '`$set`, `$set_once`, properties that begin with `$`, and the keys in `$groups`. All else counts as absent, and so do all properties ' +
        `of an event with more than ${maxEventBytes.toLocaleString('en')} bytes.`,
    }),
    synthetic: t.int({
      description:
        `Made-up ids: 1 to ${maxPeople.toLocaleString('en')}. Each stands for a person, a device and the key of a group. Nothing else is known: ` +
        'where a condition on a property or cohort would decide, the id is undecided.',
    }),
  }),
})

export type ImpactSample = typeof ImpactSampleInput.$inferInput
export type SampleKindName = 'SUBJECTS' | 'RECENT' | 'SYNTHETIC'

/** A sample whose bounds are checked. */
export type CheckedSample =
  | { kind: 'SUBJECTS'; subjects: Omit<Subject, 'staticCohortIds'>[] }
  | { kind: 'RECENT' | 'SYNTHETIC'; size: number }
  | null

/**
 * Checks a sample, before anything is read. Null stands for the default.
 *
 * @throws BadUserInputError when it is out of bounds
 */
export function checkSample(sample: ImpactSample | null | undefined): CheckedSample {
  if (sample == null) return null
  const { subjects, recent, synthetic } = sample
  if (recent != null) return { kind: 'RECENT', size: checkSize('recent', recent) }
  if (synthetic != null) return { kind: 'SYNTHETIC', size: checkSize('synthetic', synthetic) }
  checkSize('subjects', subjects?.length ?? 0)
  return { kind: 'SUBJECTS', subjects: (subjects ?? []).map(checkSubject) }
}

function checkSize(field: string, size: number): number {
  if (size >= 1 && size <= maxPeople) return size
  const what = field === 'subjects' ? 'hold 1 to 1000 people' : 'be between 1 and 1000'
  throw new BadUserInputError('sample', `Argument 'sample.${field}' must ${what}.`)
}

const idSchema = boundedText(1_000)

function checkSubject(subject: SubjectArguments, index: number): Omit<Subject, 'staticCohortIds'> {
  const path = `sample.subjects.${index}`
  const id = idSchema.safeParse(subject.distinctId)
  if (!id.success) throw new BadUserInputError('sample', `Argument '${path}.distinctId' ${id.error.issues[0]?.message}`)
  return toSubject(subject, path)
}

/** The people of a sample, and how they were found. */
export interface SampledPeople {
  kind: SampleKindName
  subjects: Omit<Subject, 'staticCohortIds'>[]
  warnings: string[]
}

/** Finds the people of a sample in the project of a world. */
export async function findPeople(
  context: Context,
  project: Pick<Project, 'id' | 'eventSource'>,
  world: FlagWorld,
  sample: CheckedSample,
): Promise<SampledPeople> {
  if (sample?.kind === 'SUBJECTS') return { ...sample, warnings: [] }
  if (sample?.kind === 'SYNTHETIC') return { kind: 'SYNTHETIC', subjects: makeUp(world, sample.size), warnings: [] }
  const size = sample?.size ?? defaultRecent
  const people = await loadRecentPeople(context, project, size)
  if (people.length === 0 && sample === null) {
    return { kind: 'SYNTHETIC', subjects: makeUp(world, maxPeople), warnings: ['No recent events tell of people, so ids were made up.'] }
  }
  const subjects = people.map(({ distinctId, ...known }) => ({ ...known, distinctId: cutId(distinctId), groupProperties: {} }))
  return { kind: 'RECENT', subjects, warnings: people.length < size ? [`Recent events tell of ${people.length} people only.`] : [] }
}

/** Made-up people, the same each time. */
function makeUp({ groupTypeNames }: FlagWorld, count: number): Omit<Subject, 'staticCohortIds'>[] {
  const names = groupTypeNames.size === 0 ? ['0', '1', '2', '3', '4'] : [...groupTypeNames.values()]
  return Array.from({ length: count }, (_, index) => {
    const distinctId = `synthetic-${index + 1}`
    const groups = Object.fromEntries(names.map((name) => [name, distinctId]))
    return { distinctId, groups, personProperties: { $device_id: distinctId }, groupProperties: {} }
  })
}

const noCohorts: ReadonlySet<number> = new Set()

/** Adds the static cohorts that people are members of. The people share one statement. */
export function withCohorts(context: Context, world: FlagWorld, { kind, subjects }: SampledPeople): Promise<Subject[]> {
  return Promise.all(
    subjects.map(async (subject) => ({
      ...subject,
      staticCohortIds: kind === 'SYNTHETIC' ? noCohorts : await loadStaticCohorts(context, world, subject.distinctId),
    })),
  )
}
