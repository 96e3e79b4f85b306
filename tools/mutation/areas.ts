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
  {
    name: 'approvals/rules',
    code: ['src/features/approvals/rules'],
    tests: ['test/features/approvals/**/*.test.ts', 'test/features/experiments/mutations/guardedWrites.test.ts'],
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
