import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { type FeatureFlag, PrismaClient } from '../../src/database/generated/client.ts'
import { postgresClientOptions } from '../../src/database/postgres.ts'
import { readConfig } from '../../src/platform/config.ts'

// Apollo Server with Prisma, as most people write it and as Prisma's documentation recommends: one resolver per field, and relations by
// `findUnique(…).relation()`, which Prisma batches into one statement for all flags of a page.

const { DATABASE_URL = '', PORT } = process.env
const prisma = new PrismaClient(postgresClientOptions(DATABASE_URL, readConfig({})))

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query {
    eligibleFeatureFlags(projectId: Int!, search: String, first: Int = 20, offset: Int = 0): FlagPage!
    stats(projectId: Int!): Stats!
    requiresFlagImplementation(projectId: Int!, events: [String!]!): Boolean!
  }
  type FlagPage { nodes: [FeatureFlag!]! hasNextPage: Boolean! totalCount: Int! }
  type FeatureFlag @key(fields: "id") {
    id: Int!
    key: String!
    name: String!
    active: Boolean!
    createdAt: String!
    createdBy: User
    experiments: [Experiment!]!
    evaluationContexts: [String!]!
  }
  type Experiment { id: Int! name: String! startDate: String }
  type User { id: Int! firstName: String! email: String! }
  type Stats { launchedLast30d: Int! launchedPrevious30d: Int! activeExperiments: Int! completedLast30d: Int! }
`)

function eligible({ projectId, search }: { projectId: number; search?: string }) {
  const contains = { contains: search ?? '', mode: 'insensitive' as const }
  return {
    projectId,
    ineligibility: { equals: [] },
    targetsSurveys: { none: {} },
    internalSurveys: { none: {} },
    samplesSurveys: { none: {} },
    productTours: { none: {} },
    ...(search === undefined ? {} : { OR: [{ key: contains }, { name: contains }] }),
  }
}

/** Midnight UTC: every project of the benchmark is there. */
function startOfDay(offset: number): Date {
  const day = new Date()
  day.setUTCHours(0, 0, 0, 0)
  day.setUTCDate(day.getUTCDate() + offset)
  return day
}

const newestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }]
interface PageArguments {
  projectId: number
  search?: string
  first: number
  offset: number
}

const resolvers = {
  Query: {
    eligibleFeatureFlags: async (_parent: unknown, args: PageArguments) => {
      const where = eligible(args)
      const found = await prisma.featureFlag.findMany({ where, orderBy: newestFirst, take: args.first + 1, skip: args.offset })
      return {
        nodes: found.slice(0, args.first),
        hasNextPage: found.length > args.first,
        totalCount: () => prisma.featureFlag.count({ where }),
      }
    },
    stats: async (_parent: unknown, { projectId }: { projectId: number }) => {
      const live = { projectId, deleted: false, archived: false }
      const [previous, last, tomorrow] = [startOfDay(-60), startOfDay(-30), startOfDay(1)]
      const [launchedLast30d, launchedPrevious30d, activeExperiments, completedLast30d] = await Promise.all([
        prisma.experiment.count({ where: { ...live, startDate: { gte: last, lt: tomorrow } } }),
        prisma.experiment.count({ where: { ...live, startDate: { gte: previous, lt: last } } }),
        prisma.experiment.count({ where: { ...live, startDate: { not: null }, endDate: null } }),
        prisma.experiment.count({ where: { ...live, endDate: { gte: last, lt: tomorrow } } }),
      ])
      return { launchedLast30d, launchedPrevious30d, activeExperiments, completedLast30d }
    },
    requiresFlagImplementation: async (_parent: unknown, { projectId, events }: { projectId: number; events: string[] }) => {
      const newest = await Promise.all(
        events.map((event) =>
          prisma.event.findMany({
            where: { projectId, event, timestamp: { gte: startOfDay(-7), lte: new Date() } },
            orderBy: [{ timestamp: 'desc' }, { id: 'desc' }],
            take: 20,
          }),
        ),
      )
      return !newest.flat().some(({ properties }) => Object.keys(JSON.parse(properties)).some((name) => name.startsWith('$feature/')))
    },
  },
  FeatureFlag: {
    __resolveReference: ({ id }: { id: number }) => prisma.featureFlag.findUnique({ where: { id } }),
    createdAt: (flag: FeatureFlag) => flag.createdAt.toISOString(),
    createdBy: (flag: FeatureFlag) => prisma.featureFlag.findUnique({ where: { id: flag.id } }).createdBy(),
    experiments: (flag: FeatureFlag) =>
      prisma.featureFlag.findUnique({ where: { id: flag.id } }).experiments({ where: { deleted: false }, orderBy: newestFirst }),
    evaluationContexts: async (flag: FeatureFlag) => {
      const links = await prisma.featureFlag
        .findUnique({ where: { id: flag.id } })
        .evaluationContexts({ include: { evaluationContext: true } })
      return (links ?? []).map(({ evaluationContext }) => evaluationContext.name).sort()
    },
  },
  Experiment: {
    startDate: ({ startDate }: { startDate: Date | null }) => startDate?.toISOString() ?? null,
  },
}

const server = new ApolloServer({ schema: buildSubgraphSchema({ typeDefs, resolvers }) })
await startStandaloneServer(server, { listen: { port: Number(PORT), host: '127.0.0.1' } })
