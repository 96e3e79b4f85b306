import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { install } from './install.ts'

// Runs a tool: node run.mjs tools/main.ts <tool> [arguments]. The first run installs the packages that the tool needs.

/** The command lines of each tool. They run one after the other in the project folder. The last one gets the arguments. */
const tools: Record<string, string[]> = {
  generate: [
    'tools/generate/client.ts',
    'src/cli/main.ts schema print schema.graphql',
    'tools/generate/examples.ts',
    'tools/generate/page.ts',
    'tools/generate/restPage.ts',
    'tools/generate/settingsPage.ts',
  ],
  'generate:page': ['tools/generate/page.ts'],
  'generate:examples': ['tools/generate/examples.ts'],
  'check:schema': [
    'tools/node_modules/eslint/bin/eslint.js --config tools/eslint.config.js --max-warnings 0 schema.graphql',
    'tools/schema/checkBreakingChanges.ts',
  ],
  'check:deploy': [
    'tools/node_modules/dclint/bin/dclint.cjs --disable-rule services-alphabetical-order --max-warnings 0 compose.yaml',
    'tools/deploy/checkDeploy.ts',
  ],
  'check:audit': ['tools/supplyChain/checkAudit.ts'],
  'check:licenses': ['tools/supplyChain/checkLicenses.ts'],
  'check:unused': ['tools/node_modules/knip/bin/knip.js --config tools/knip.jsonc'],
  'schema:diff': ['tools/schema/diffSchema.ts'],
  'schema:release': ['tools/schema/releaseSchema.ts'],
  migration: ['tools/migration/newMigration.ts'],
  test: ['node_modules/vitest/vitest.mjs run --config tools/vitest.config.ts'],
  'test:mutants': ['tools/mutation/main.ts'],
  'test:interop': ['node_modules/vitest/vitest.mjs run --config interop/test/vitest.config.ts'],
  'test:clickhouse': ['node_modules/vitest/vitest.mjs run --config clickhouse/test/vitest.config.ts'],
  'figures:events': ['clickhouse/figures/main.ts'],
  'test:page': ['node_modules/vitest/vitest.mjs run --config web/test/vitest.config.ts'],
  'build:site': ['site/main.ts'],
  'build:page': ['web/node_modules/vite/bin/vite.js build web'],
}

const [name = '', ...args] = process.argv.slice(2)
const steps = tools[name]
if (steps === undefined) {
  console.error(`There is no tool '${name}'. The tools are: ${Object.keys(tools).join(', ')}.`)
  process.exit(1)
}
/** The folders whose packages a tool needs, if not those of tools/. */
const folders: Record<string, string[]> = {
  'test:interop': ['interop', ...exampleFolders()],
  'test:clickhouse': ['clickhouse'],
  'figures:events': ['clickhouse'],
  'test:page': ['web'],
  'build:page': ['web'],
  'build:site': ['site'],
}
for (const folder of folders[name] ?? ['tools']) install(folder)
const cwd = fileURLToPath(new URL('..', import.meta.url))
for (const [index, step] of steps.entries()) {
  const given = index === steps.length - 1 ? args : []
  const { status } = spawnSync(process.execPath, [...step.split(' '), ...given], { cwd, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

function exampleFolders(): string[] {
  const entries = readdirSync(new URL('../examples', import.meta.url), { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `examples/${name}`)
}
