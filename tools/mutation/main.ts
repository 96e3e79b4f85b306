// `npm run test:mutants -- [areas] [--since revision] [--file path]`: changes the code in small ways, one at a time, and counts the
// changes that its tests notice.
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { type Area, areas, filesOf } from './areas.ts'

/** The share of mutants that tests must kill, in percent. */
const minScore = 85

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Only the files that changed since this revision of git. */
    since: { type: 'string' },
    /** Only this file. */
    file: { type: 'string' },
  },
})
const { since, file } = values
const unknown = positionals.filter((name) => !areas.some((area) => area.name === name))
if (unknown.length > 0) {
  console.error(`There is no area '${unknown[0]}'. The areas are: ${areas.map(({ name }) => name).join(', ')}.`)
  process.exit(1)
}
const chosen = positionals.length === 0 ? areas : areas.filter(({ name }) => positionals.includes(name))
for (const area of chosen) await testArea(area)

async function testArea(area: Area): Promise<void> {
  const mutate = filesOf(area, file === undefined ? changedFiles() : [file])
  if (mutate.length === 0) return
  process.env.MUTATION_TESTS = area.tests.join(' ')
  const report = `reports/mutation/${area.name.replace('/', '-')}`
  const results = await new Stryker({
    testRunner: 'vitest',
    plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
    vitest: { configFile: 'tools/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // A value that is computed once, when a module is loaded, would need a new process for each mutant.
    ignoreStatic: true,
    // TypeScript 7 has no API by which Stryker could rewrite the real one.
    tsconfigFile: 'tools/mutation/none.json',
    mutate,
    concurrency: 2,
    timeoutMS: 60_000,
    reporters: ['html', 'json', 'clear-text'],
    clearTextReporter: { reportTests: false, allowColor: false },
    htmlReporter: { fileName: `${report}.html` },
    jsonReporter: { fileName: `${report}.json` },
    tempDirName: 'reports/mutation/.sandbox',
  }).runMutationTest()
  const judged = results.filter(({ status }) => status !== 'Ignored' && status !== 'CompileError' && status !== 'RuntimeError')
  const killed = judged.filter(({ status }) => status === 'Killed' || status === 'Timeout')
  const score = judged.length === 0 ? 100 : (100 * killed.length) / judged.length
  console.log(`${area.name}: tests notice ${killed.length} of ${judged.length} changes (${score.toFixed(1)} %). Report: ${report}.html`)
  if (score < minScore) {
    console.error(`${area.name}: at least ${minScore} % are expected.`)
    process.exitCode = 1
  }
}

function changedFiles(): string[] {
  const args = since === undefined ? ['ls-files', 'src'] : ['diff', '--name-only', '--diff-filter=d', since, '--', 'src']
  return execFileSync('git', args, { encoding: 'utf8' }).split('\n')
}
