/** They start programs on an embedded database of their own, whatever database the suite runs on. */
export const programTests = [
  'test/main.test.ts',
  'test/cli/completion.test.ts',
  'test/cli/interruptedLink.test.ts',
  'test/cli/jobs.test.ts',
  'test/cli/keys.test.ts',
  'test/cli/program.test.ts',
  'test/cli/reportFailure.test.ts',
  'test/docs/gettingStarted.test.ts',
]

/** `npm run test:slow`, which CI runs beside `npm test`. */
export const slowTests = [
  ...programTests,
  // It compares two projects of thousands of rows.
  'test/database/plans.test.ts',
  // It fills a project with 200,000 flags.
  'test/database/manyFlags.test.ts',
  // It counts more calls than one answer may.
  'test/features/events/manyFlagCalls.test.ts',
  // It measures what one request costs. Work that other files left behind in a shared process would count too.
  'test/hostile/hostile.test.ts',
  // They walk the whole schema: every list, every input, every id, with thousands of operations.
  'test/relay/specifications.test.ts',
  'test/relay/statementCounts.test.ts',
  'test/schema/oddInputs.test.ts',
  'test/hostile/foreignIds.test.ts',
  'test/auth/scopedKeys.test.ts',
]

/** What they test is the same on every database: starts of programs, and the embedded database itself. `npm test` runs them on that one. */
export const embeddedTests = ['test/node.test.ts', 'test/database/pglite.test.ts']
