/** A part of the code whose tests must notice nearly every small change, with the tests that are meant to notice. */
export interface Area {
  name: string
  /** Folders and files of src/. */
  code: readonly string[]
  /** Globs of test files. Tests of other parts would notice more, and take far longer. */
  tests: readonly string[]
}

export const areas: readonly Area[] = [
  { name: 'featureFlags/rules', code: ['src/features/featureFlags/rules'], tests: ['test/features/featureFlags/**/*.test.ts'] },
  { name: 'experiments/rules', code: ['src/features/experiments/rules'], tests: ['test/features/experiments/**/*.test.ts'] },
  { name: 'evaluation/rules', code: ['src/features/evaluation/rules'], tests: ['test/features/evaluation/**/*.test.ts'] },
  {
    name: 'holdouts/rules',
    code: ['src/features/holdouts/rules'],
    tests: ['test/features/holdouts/**/*.test.ts', 'test/features/experiments/mutations/holdoutOfDraft.test.ts'],
  },
  {
    name: 'metrics/rules',
    code: ['src/features/metrics/rules'],
    tests: [
      'test/features/metrics/**/*.test.ts',
      'test/features/experiments/primaryMetrics.test.ts',
      'test/features/experiments/mutations/typedDefinition.test.ts',
    ],
  },
  {
    name: 'posthog/link',
    code: [
      'src/posthog/client/errors.ts',
      'src/posthog/client/retries.ts',
      'src/posthog/link/connect/budget.ts',
      'src/posthog/link/follow/rules.ts',
      'src/posthog/link/operations',
      'src/posthog/link/store/newer.ts',
      'src/posthog/link/store/prepareRow.ts',
      'src/posthog/link/store/upstreamApprovals.ts',
    ],
    tests: ['test/posthog/link/rules.test.ts', 'test/posthog/link/operations/**/*.test.ts'],
  },
  {
    name: 'approvals/rules',
    code: ['src/features/approvals/rules'],
    // Only the tests without a database: a mutant takes half a second with them, and seven seconds with all.
    tests: ['test/features/approvals/rules/*.test.ts'],
  },
  { name: 'approvals/data', code: ['src/features/approvals/data', 'src/commands'], tests: ['test/features/approvals/**/*.test.ts'] },
  {
    name: 'paging',
    code: ['src/database/keyset', 'src/graphql/connections'],
    tests: ['test/database/keyset/**/*.test.ts', 'test/graphql/connections/**/*.test.ts', 'test/relay/**/*.test.ts'],
  },
  { name: 'auth', code: ['src/auth'], tests: ['test/auth/**/*.test.ts', 'test/graphql/authorization.test.ts'] },
]

/** The files of an area that are among these. */
export function filesOf(area: Area, files: readonly string[]): string[] {
  return files.filter((file) => file.endsWith('.ts') && area.code.some((code) => file === code || file.startsWith(`${code}/`)))
}
