/** A part of the code whose tests must notice nearly every small change, with the tests that are meant to notice. */
export interface Area {
  name: string
  /** Folders and files of src/. */
  code: readonly string[]
  /**
   * Globs of test files. A mutant takes half a second with tests that need no database. With a file that does, it takes two seconds on
   * PostgreSQL (`TEST_DATABASE_URL`), and longer on embedded databases: each mutant opens a new one.
   */
  tests: readonly string[]
  /** Whether the tests need a database. */
  database?: true
}

export const areas: readonly Area[] = [
  rulesOf('approvals'),
  rulesOf('evaluation'),
  rulesOf('experiments'),
  rulesOf('featureFlags'),
  rulesOf('holdouts'),
  rulesOf('links'),
  rulesOf('metrics'),
  rulesOf('projects'),
  {
    name: 'posthog/link',
    code: [
      'src/posthog/client/errors.ts',
      'src/posthog/client/retries.ts',
      'src/posthog/link/follow/rules.ts',
      'src/posthog/link/operations',
      'src/posthog/link/store/newer.ts',
      'src/posthog/link/store/prepareRow.ts',
      'src/posthog/link/store/upstreamApprovals.ts',
    ],
    tests: ['test/posthog/link/{rules,answers}.test.ts', 'test/posthog/link/operations/{actions,requests}.test.ts'],
  },
  {
    name: 'commands',
    code: ['src/commands/activityEntries.ts', 'src/commands/diff.ts', 'src/commands/seededUuids.ts'],
    tests: ['test/commands/*.test.ts'],
  },
  {
    name: 'paging',
    code: [
      ...['src/database/keyset/searchStrategy.ts', 'src/database/keyset/sortOrder.ts'],
      ...['src/graphql/connections/cursor.ts', 'src/graphql/connections/pageRequest.ts'],
      'src/database/statements/statementTemplate.ts',
    ],
    tests: ['test/database/{keyset,statements}/*.test.ts', 'test/graphql/connections/{cursorText,pageRequest}.test.ts'],
  },
  {
    name: 'auth',
    code: [
      ...['src/auth/apiKey.ts', 'src/auth/membershipLevel.ts', 'src/auth/scopes.ts'],
      ...['src/auth/toActor.ts', 'src/auth/toViewer.ts', 'src/auth/visibility.ts'],
      'src/graphql/authorization.ts',
    ],
    tests: ['test/auth/{apiKey,toActor,toViewer,visibility}.test.ts', 'test/graphql/requireScope.test.ts'],
  },
  withDatabase('commands/execute', ['src/commands/execute.ts'], ['test/commands/database/execute.test.ts']),
  withDatabase(
    'approvals/gate',
    ['src/features/approvals/data/gate.ts', 'src/features/approvals/data/replay.ts'],
    ['test/commands/database/execute.test.ts', 'test/features/approvals/mutations/approveChangeRequest.test.ts'],
  ),
  withDatabase(
    'approvals/votes',
    ['src/features/approvals/data/expire.ts', 'src/features/approvals/data/jobs.ts', 'src/features/approvals/data/votes.ts'],
    ['test/features/approvals/data/{jobs,votes}.test.ts'],
  ),
  withDatabase('auth/authenticate', ['src/auth/authenticate.ts'], ['test/auth/authenticate.test.ts']),
  withDatabase('auth/accessCache', ['src/auth/accessCache.ts'], ['test/auth/accessCache.test.ts']),
  withDatabase('auth/apiKeyAdmin', ['src/auth/apiKeyAdmin.ts', 'src/auth/findOrganization.ts'], ['test/auth/apiKeyAdmin.test.ts']),
  withDatabase('auth/memberAdmin', ['src/auth/memberAdmin.ts'], ['test/auth/memberAdmin.test.ts']),
  withDatabase(
    'paging/reading',
    ['src/graphql/connections/readPage.ts'],
    ['test/graphql/connections/{searchPages,statementCache}.test.ts'],
  ),
  withDatabase('paging/connection', ['src/graphql/connections/connection.ts'], ['test/graphql/connections/arguments.test.ts']),
  withDatabase('paging/statements', ['src/database/keyset/pageQuery.ts'], ['test/graphql/connections/{searchPages,readPage}.test.ts']),
]

/** The rules of a feature are pure functions, and so their tests need no database. */
function rulesOf(feature: string): Area {
  return { name: `${feature}/rules`, code: [`src/features/${feature}/rules`], tests: [`test/features/${feature}/rules/**/*.test.ts`] }
}

function withDatabase(name: string, code: string[], tests: string[]): Area {
  return { name, code, tests, database: true }
}

/** The files of an area that are among these. One that an area names belongs to it alone, and not to the area of its folder. */
export function filesOf(area: Area, files: readonly string[]): string[] {
  const isNamed = (file: string) => areas.some(({ code }) => code.includes(file))
  const isIn = (file: string) => area.code.some((folder) => file.startsWith(`${folder}/`)) && !isNamed(file)
  return files.filter((file) => file.endsWith('.ts') && (area.code.includes(file) || isIn(file)))
}
