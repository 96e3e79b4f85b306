// `npm run test:mutants -- [areas] [options]`: changes the code in small ways, one at a time, and counts the changes that its tests notice.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { type Area, areas, filesOf } from './areas.ts'
import { rangeOf, readChanges, takeLines } from './changedLines.ts'

/** The share of mutants that tests must kill, in percent. */
const minScore = 85
/** Of fewer mutants in changed lines, the share says little. */
const minJudged = 10
/** What the tests noticed in each whole file, when it was measured last. */
const scoresFile = 'tools/mutation/scores.json'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Only the lines that changed since this revision of git, in areas whose tests need no database. */
    since: { type: 'string' },
    /** With `--since`: at most so many lines. */
    lines: { type: 'string', default: '1000' },
    /** Only these files. */
    file: { type: 'string', multiple: true },
    /** Also lists the tests that notice no change. Each mutant then takes longer: all of its tests run. */
    needless: { type: 'boolean', default: false },
    /** How many mutants are tested at the same time. */
    concurrency: { type: 'string', default: '2' },
  },
})
const unknown = positionals.find((name) => !areas.some((area) => area.name === name))
if (unknown !== undefined) {
  console.error(`There is no area '${unknown}'. The areas are: ${areas.map(({ name }) => name).join(', ')}.`)
  process.exit(1)
}
const chosen = positionals.length === 0 ? areas : areas.filter(({ name }) => positionals.includes(name))
if (values.since === undefined) {
  const files = values.file ?? git('ls-files', 'src').split('\n')
  for (const area of chosen) keepScores(await testArea(area, filesOf(area, files), 1))
} else {
  await testChanges(values.since, Number(values.lines))
}

type Mutants = Awaited<ReturnType<Stryker['runMutationTest']>>

async function testChanges(since: string, most: number): Promise<void> {
  const changes = readChanges(git('diff', '-U0', '--no-renames', '--diff-filter=d', since, '--', 'src'))
  const inAreas = chosen
    .filter(({ database }) => !database)
    .flatMap((area) => changes.filter(({ file }) => filesOf(area, [file]).length > 0).map((change) => ({ ...change, area })))
  const { taken, skipped } = takeLines(inAreas, most)
  for (const change of skipped) console.log(`Not tested, because only ${most} lines are: ${rangeOf(change)}`)
  if (taken.length === 0) console.log('No lines changed whose tests need no database.')
  for (const area of chosen) {
    const ranges = taken.filter((change) => filesOf(area, [change.file]).length > 0).map(rangeOf)
    await testArea(area, ranges, minJudged)
  }
}

/** @param least of fewer mutants, the share is not judged */
async function testArea(area: Area, mutate: string[], least: number): Promise<Mutants> {
  if (mutate.length === 0) return []
  process.env.MUTATION_TESTS = area.tests.join(' ')
  if (area.database) process.env.MUTATION_DATABASE = 'true'
  else delete process.env.MUTATION_DATABASE
  const report = `reports/mutation/${area.name.replace('/', '-')}`
  const results = await new Stryker({
    testRunner: 'vitest',
    plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
    vitest: { configFile: 'tools/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // A value that is computed once, when a module is loaded, would need a new process for each mutant.
    ignoreStatic: true,
    disableBail: values.needless,
    // TypeScript 7 has no API by which Stryker could rewrite the real one.
    tsconfigFile: 'tools/mutation/none.json',
    mutate,
    concurrency: Number(values.concurrency),
    // A mutant may never end. Tests without a database take a second.
    timeoutMS: area.database ? 60_000 : 5_000,
    reporters: ['html', 'json', 'clear-text', 'progress-append-only'],
    clearTextReporter: { reportTests: false, allowColor: false },
    htmlReporter: { fileName: `${report}.html` },
    jsonReporter: { fileName: `${report}.json` },
    tempDirName: 'reports/mutation/.sandbox',
  }).runMutationTest()
  if (values.needless) for (const test of readNeedlessTests(`${report}.json`)) console.log(`Notices no change: ${test}`)
  const { killed, judged } = scoreOf(results)
  const share = judged === 0 ? 100 : (100 * killed) / judged
  console.log(`${area.name}: tests notice ${killed} of ${judged} changes (${share.toFixed(1)} %). Report: ${report}.html`)
  const failed = results.filter(({ status }) => status === 'RuntimeError' || status === 'CompileError')
  if (failed.length > 0) console.log(`${area.name}: ${failed.length} changes are not judged: ${failed[0]?.statusReason}`)
  if (judged === 0 && failed.length > 0) process.exitCode = 1
  if (share < minScore && judged >= least) {
    console.error(`${area.name}: at least ${minScore} % are expected.`)
    process.exitCode = 1
  }
  return results
}

/** The tests of a report that ran changed code, and noticed none of the changes. */
function readNeedlessTests(reportFile: string): string[] {
  const { files, testFiles }: Report = JSON.parse(readFileSync(reportFile, 'utf8'))
  const mutants = Object.values(files).flatMap((file) => file.mutants)
  const killers = new Set(mutants.flatMap(({ killedBy = [] }) => killedBy))
  const covering = new Set(mutants.flatMap(({ coveredBy = [] }) => coveredBy))
  return Object.entries(testFiles).flatMap(([file, { tests }]) =>
    tests.filter(({ id }) => covering.has(id) && !killers.has(id)).map(({ name }) => `${relative('.', file)}: ${name}`),
  )
}

interface Report {
  files: Record<string, { mutants: { killedBy?: string[]; coveredBy?: string[] }[] }>
  testFiles: Record<string, { tests: { id: string; name: string }[] }>
}

function scoreOf(mutants: Mutants): { killed: number; judged: number } {
  const judged = mutants.filter(({ status }) => status !== 'Ignored' && status !== 'CompileError' && status !== 'RuntimeError')
  return { killed: judged.filter(({ status }) => status === 'Killed' || status === 'Timeout').length, judged: judged.length }
}

function keepScores(mutants: Mutants): void {
  const scores: Record<string, unknown> = JSON.parse(readFileSync(scoresFile, 'utf8'))
  const date = new Date().toISOString().slice(0, 10)
  for (const [file, own] of Map.groupBy(mutants, ({ fileName }) => relative('.', fileName))) scores[file] = { ...scoreOf(own), date }
  const lines = Object.keys(scores)
    .sort()
    // As Biome formats it.
    .map((file) => `  ${JSON.stringify(file)}: ${JSON.stringify(scores[file], null, 1).replaceAll(/\n\s*/g, ' ')}`)
  writeFileSync(scoresFile, `{\n${lines.join(',\n')}\n}\n`)
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' })
}
