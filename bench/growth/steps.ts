import { encodeGlobalId } from '../../src/platform/globalId.ts'
import type { Writer } from '../data/load.ts'
import { ask } from '../measure/ask.ts'
import { median } from '../measure/round.ts'
import type { RunningServer } from '../servers/start.ts'
import type { Curve, Point } from './curves.ts'

/** What a curve is measured with: a database that it fills step by step, and our server on it. */
export interface Field {
  writer: Writer
  server: RunningServer
  /** What these questions, sent in turn, cost now. */
  measure(x: number, bodies: readonly object[]): Promise<Point>
}

const page = `query Page($projectId: ID!, $after: String, $offset: Int, $first: Int = 20) {
  eligibleFeatureFlags(projectId: $projectId, first: $first, after: $after, offset: $offset) {
    nodes {
      databaseId key name active createdAt
      createdBy { databaseId firstName email }
      experiments { nodes { databaseId name startDate } }
      evaluationContexts
    }
    pageInfo { hasNextPage endCursor }
  }
}`
const check = `query Check($projectId: ID!, $events: [String!]) {
  requiresFlagImplementation(projectId: $projectId, events: $events) { required }
}`
const project = (number: number) => encodeGlobalId('Project', number)

/** `first` times 1, 10, 100 … up to `last`. */
function powersOfTen(first: number, last: number): number[] {
  return first > last ? [] : [first, ...powersOfTen(first * 10, last)]
}

/** The cost of a page by depth, in a project whose flags are all eligible. */
export async function deepPages({ writer, server, measure }: Field, quick: boolean): Promise<Curve> {
  const deepest = quick ? 10_000 : 1_000_000
  // A few belong to surveys and tours. With these spare flags, the last page is still full.
  const flags = Math.ceil(deepest * 1.01)
  await writer.projects(1)
  await writer.flags(flags, { bigProject: flags, perProject: 1, firstProject: 2, eligibleOfTen: 10 })
  await writer.settle()
  const items = powersOfTen(1, deepest)
  const rounds: Point[] = []
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    for (const item of items) {
      const variables = { projectId: project(1), after: item === 1 ? null : await cursorBefore(server, item) }
      rounds.push(await measure(item, [{ query: page, variables }]))
    }
  }
  const points = items.map((item) => medianPoint(rounds.filter(({ x }) => x === item)))
  return { title: 'a page of 20 flags with relations, by depth', axis: 'first item of the page', points }
}

async function cursorBefore(server: Field['server'], item: number): Promise<string> {
  const variables = { projectId: project(1), first: 1, offset: item - 2 }
  return (await ask(server, { query: page, variables })).data.eligibleFeatureFlags.pageInfo.endCursor
}

const flagsEach = 100

/** The cost of the first page of a project, by number of projects. */
export async function moreProjects({ writer, measure }: Field, quick: boolean): Promise<Curve> {
  const points: Point[] = []
  for (const projects of powersOfTen(1, quick ? 100 : 10_000)) {
    await writer.projects(projects)
    await writer.flags(projects * flagsEach, { bigProject: 0, perProject: flagsEach, firstProject: 1, eligibleOfTen: 3 })
    await writer.settle()
    const queried = Array.from(
      { length: Math.min(projects, 1_000) },
      (_, index) => 1 + Math.floor((index * projects) / Math.min(projects, 1_000)),
    )
    points.push(
      await measure(
        projects,
        queried.map((number) => ({ query: page, variables: { projectId: project(number) } })),
      ),
    )
  }
  return { title: `a page of 20 flags with relations, by number of projects (of ${flagsEach} flags)`, axis: 'projects', points }
}

const sixDays = 6 * 24 * 60 * 60

/** The cost of the implementation check, by number of events in its window of seven days. */
export async function moreEvents({ writer, measure }: Field, quick: boolean): Promise<Curve> {
  await writer.projects(1)
  const points: Point[] = []
  let written = 0
  for (const events of powersOfTen(1_000, quick ? 10_000 : 10_000_000)) {
    await writer.events(events - written, sixDays)
    written = events
    await writer.settle()
    const names = ['event-10', 'event-20', 'event-30']
    points.push(await measure(events, [{ query: check, variables: { projectId: project(1), events: names } }]))
  }
  return { title: 'requiresFlagImplementation of three event names, nothing found', axis: 'events in the window', points }
}

function medianPoint(rounds: readonly Point[]): Point {
  const measurable = rounds.every(({ cpu }) => cpu.database !== null)
  return {
    x: rounds[0]?.x ?? 0,
    cpu: {
      server: median(rounds.map(({ cpu }) => cpu.server)),
      database: measurable ? median(rounds.map(({ cpu }) => cpu.database ?? 0)) : null,
    },
    p50: median(rounds.map(({ p50 }) => p50)),
  }
}
