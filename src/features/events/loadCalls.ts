import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { FlagCalls, Known } from '../../database/events/eventStore.ts'
import type { Project } from '../../database/generated/client.ts'
import type { Context } from '../../graphql/context.ts'
import { eventStoreOf } from './eventStoreOf.ts'

/** A flag, and the starts of the days in which its calls are counted, in milliseconds. The last one is the end of the last day. */
interface Question {
  project: Pick<Project, 'id' | 'eventSource' | 'timezone'>
  key: string
  starts: number[]
}

const noCalls: FlagCalls = { calls: 0, persons: 0, days: [] }

/** The flags of a project whose calls are counted in the same days share one question to its store. */
const callsLoader = createContextCache(
  (context: Context) =>
    new DataLoader<Question, Known<FlagCalls> | null, string>(
      async (asked) => {
        const groups = Map.groupBy(asked, ({ project, starts }) => `${project.id} ${starts.length} ${starts[0]}`)
        const answers = new Map<Question, Known<FlagCalls> | null | Error>()
        await Promise.all(
          [...groups.values()].map(async (group) => {
            const { project, starts } = group[0] as Question
            try {
              const keys = group.map(({ key }) => key)
              const { asOf, value } = await eventStoreOf(context, project).countCalls({ keys, starts, timezone: project.timezone })
              for (const question of group)
                answers.set(question, asOf === null ? null : { asOf, value: value.get(question.key) ?? noCalls })
            } catch (error) {
              for (const question of group) answers.set(question, error as Error)
            }
          }),
        )
        return asked.map((question) => answers.get(question) ?? null)
      },
      { cacheKeyFn: ({ project, key, starts }) => JSON.stringify([project.id, key, starts]) },
    ),
)

/** Counts the calls of a flag. Null if nothing is known of the calls of the project. */
export const loadCalls = (
  context: Context,
  project: Question['project'],
  question: Omit<Question, 'project'>,
): Promise<Known<FlagCalls> | null> => callsLoader(context).load({ project, ...question })
