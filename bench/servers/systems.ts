import { fileURLToPath } from 'node:url'

export const systems = ['ours', 'ceiling', 'postgraphile', 'apollo'] as const
export type System = (typeof systems)[number]
/** A system, or GraphQL Yoga alone: what our service is built on. */
export type Program = System | 'yoga'

/** How to run a server. All have the same PostgreSQL, and ten connections to it. */
interface Run {
  title: string
  module: string
  /** The Node options of its own start script. */
  options?: string[]
  path: string
  env: Record<string, string>
}

const module = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export const runs: Record<Program, Run> = {
  ours: {
    title: 'this service',
    module: module('../../src/main.ts'),
    options: ['--expose-gc', '--min-semi-space-size=16'],
    path: '/graphql',
    env: {
      DATABASE_POOL_SIZE: '10',
      DEMO_DATA: 'false',
      RATE_LIMIT_PER_MINUTE: '0',
      RATE_LIMIT_PER_HOUR: '0',
      COST_LIMIT_PER_MINUTE: '0',
      MUTATION_LIMIT_PER_MINUTE: '0',
      ANONYMOUS_LIMIT_PER_MINUTE: '0',
      LOG_LEVEL: 'warn',
      NODE_COMPILE_CACHE: module('../../node_modules/.cache/experiments-graph'),
    },
  },
  ceiling: { title: 'the ceiling', module: module('ceiling.ts'), path: '/', env: {} },
  postgraphile: { title: 'PostGraphile 5', module: module('postgraphile.ts'), path: '/graphql', env: { GRAPHILE_ENV: 'production' } },
  yoga: { title: 'GraphQL Yoga alone', module: module('yoga.ts'), path: '/graphql', env: {} },
  apollo: { title: 'Apollo Server + Prisma', module: module('apollo.ts'), path: '/', env: {} },
}
