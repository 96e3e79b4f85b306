import type { InputShapeFromFields } from '@pothos/core'
import { z } from 'zod'
import { Prisma } from '../../database/generated/client.ts'
import { likePattern } from '../../database/sql.ts'
import { boundedText } from '../../graphql/argumentLimits.ts'
import { builder } from '../../graphql/builder.ts'
import { parseDatabaseId } from '../../graphql/nodeIds.ts'
import { conclusionsSql, inPeriodSql, statusesSql, usesEventSql } from './data/experimentSql.ts'
import { ExperimentConclusion, ExperimentStatus, ExperimentType } from './Experiment.ts'

const maxValues = 100

const atMost = <Value extends z.ZodType>(value: Value, what: string) =>
  z.array(value).max(maxValues, `must hold at most ${maxValues} ${what}.`).nullish()

const tagList = atMost(boundedText(255), 'tags')
const tagBounds = 'at most 100 tags of at most 255 characters. Case matters. An empty list matches none.'

const periods = {
  created: 'were created',
  started: 'were launched',
  ended: 'were ended',
  updated: 'were last changed',
} as const

/** The filters that every list of experiments can have. */
export const experimentFilters = builder.args((t) => {
  const since = (what: string) => t.field({ type: 'DateTime', description: `Only experiments that ${what} at this time or later.` })
  const before = (what: string) => t.field({ type: 'DateTime', description: `Only experiments that ${what} before this time.` })
  return {
    statuses: t.field({
      type: [ExperimentStatus],
      description: 'Only experiments with one of these statuses: at most 100. An empty list matches none.',
      validate: atMost(z.any(), 'statuses'),
    }),
    conclusions: t.field({
      type: [ExperimentConclusion],
      description: 'Only experiments with one of these conclusions: at most 100. An empty list matches none.',
      validate: atMost(z.any(), 'conclusions'),
    }),
    type: t.field({ type: ExperimentType, description: 'Only experiments that make their changes in this way.' }),
    tagsAny: t.stringList({ description: `Only experiments with at least one of these tags: ${tagBounds}`, validate: tagList }),
    tagsAll: t.stringList({ description: `Only experiments with each of these tags: ${tagBounds}`, validate: tagList }),
    tagsNone: t.stringList({ description: `Only experiments without any of these tags: ${tagBounds}`, validate: tagList }),
    createdByIds: t.idList({
      description: 'Only experiments that one of these users created: at most 100 global ids or numbers. An empty list matches none.',
      validate: atMost(z.string(), 'ids'),
    }),
    holdoutId: t.id({ description: 'Only experiments in this holdout: its global id or number.' }),
    savedMetricId: t.id({ description: 'Only experiments that use this saved metric: its global id or number.' }),
    promptName: t.string({
      description: 'Only experiments that compare versions of the LLM prompt with exactly this name: at most 255 characters.',
      validate: boundedText(255).nullish(),
    }),
    event: t.string({
      description:
        'Only experiments with a metric (primary, secondary or saved) on exactly this event, directly or through a step of an action. At ' +
        'most 400 characters. A metric on any event does not match.',
      validate: boundedText(400).nullish(),
    }),
    search: t.string({
      description:
        'Only experiments whose name contains this text: at most 400 characters. Case does not matter. Empty text matches every experiment.',
      validate: boundedText(400).nullish(),
    }),
    createdSince: since(periods.created),
    createdBefore: before(periods.created),
    startedSince: since(periods.started),
    startedBefore: before(periods.started),
    endedSince: since(periods.ended),
    endedBefore: before(periods.ended),
    updatedSince: since(periods.updated),
    updatedBefore: before(periods.updated),
  }
})

/**
 * The conditions on `experiments e` of these filters.
 *
 * @throws BadUserInputError when an id is malformed
 */
export function experimentConditions(filters: InputShapeFromFields<typeof experimentFilters>): Prisma.Sql[] {
  const { statuses, conclusions, type, tagsAny, tagsAll, tagsNone, createdByIds, holdoutId, savedMetricId, promptName, event, search } =
    filters
  const where: Prisma.Sql[] = []
  const narrow = <Value>(value: Value | null | undefined, condition: (value: Value) => Prisma.Sql) => {
    if (value != null) where.push(condition(value))
  }
  const narrowByTags = (tags: readonly string[] | null | undefined, condition: Prisma.Sql) => {
    if (tags != null) where.push(tags.length === 0 ? Prisma.sql`false` : condition)
  }
  narrow(statuses, statusesSql)
  narrow(conclusions, conclusionsSql)
  narrow(type, (value) => Prisma.sql`e.type = ${value}::experiment_type`)
  narrowByTags(tagsAny, Prisma.sql`e.tags && ${tagsAny}::text[]`)
  narrowByTags(tagsAll, Prisma.sql`e.tags @> ${tagsAll}::text[]`)
  narrowByTags(tagsNone, Prisma.sql`NOT e.tags && ${tagsNone}::text[]`)
  narrow(createdByIds, (values) => {
    const ids = values.map((id) => parseDatabaseId('User', id, 'createdByIds'))
    return Prisma.sql`e.created_by_id = ANY (${ids}::bigint[])`
  })
  narrow(holdoutId, (id) => Prisma.sql`e.holdout_id = ${parseDatabaseId('Holdout', id, 'holdoutId')}::bigint`)
  narrow(savedMetricId, (id) => {
    const number = parseDatabaseId('SavedMetric', id, 'savedMetricId')
    return Prisma.sql`e.id IN (SELECT l.experiment_id FROM experiment_saved_metrics l WHERE l.saved_metric_id = ${number}::bigint)`
  })
  narrow(promptName, (name) => Prisma.sql`e.parameters #> '{prompt_metadata,name}' = to_jsonb(${name}::text)`)
  narrow(event, usesEventSql)
  if (search) where.push(Prisma.sql`e.name ILIKE ${likePattern(search)}`)
  where.push(
    ...inPeriodSql('CREATED_AT', filters.createdSince, filters.createdBefore),
    ...inPeriodSql('START_DATE', filters.startedSince, filters.startedBefore),
    ...inPeriodSql('END_DATE', filters.endedSince, filters.endedBefore),
    ...inPeriodSql('UPDATED_AT', filters.updatedSince, filters.updatedBefore),
  )
  return where
}
