import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { ensureDemo } from '../../src/features/demo/ensureDemo.ts'
import { listen } from '../support/listen.ts'
import { testServer } from '../support/testServer.ts'

// Runs the cells of the Python notebook in order, as Jupyter does, with the demo project.

interface Notebook {
  cells: { cell_type: 'code' | 'markdown'; source: string[]; outputs?: object[] }[]
}

const { cells } = JSON.parse(await readFile('examples/notebook.ipynb', 'utf8')) as Notebook
const code = cells.filter(({ cell_type }) => cell_type === 'code').map(({ source }) => source.join(''))

const tested = await testServer()
const folder = await mkdtemp(join(tmpdir(), 'demo-keys-'))
afterAll(() => rm(folder, { recursive: true }))
const key = (await ensureDemo(tested, folder, tested.time.now))?.key ?? ''
const url = await listen(tested.server)

async function run(program: string, env: Record<string, string> = { GRAPHQL_KEY: key }) {
  // Without the packages of this machine, so that no table of pandas is made.
  const { stdout } = await promisify(execFile)('python3', ['-I', '-S', '-c', program], {
    env: { PATH: process.env.PATH, GRAPHQL_URL: url, ...env },
  })
  return stdout.trim().split('\n')
}

describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('the notebook', () => {
  it('is committed without outputs', () => {
    expect(cells.flatMap(({ outputs = [] }) => outputs)).toEqual([])
  })

  it('shows the months, what runs, and who got which variant', async () => {
    const lines = await run(code.join('\n\n'))
    expect(lines[0]).toBe('Demo shop Europe/Berlin')
    expect(lines.filter((line) => line.startsWith('month: '))).toHaveLength(12)
    const { data } = await tested.run(key, '{ experiments(projectId: 1, statuses: [RUNNING], first: 100) { totalCount } }')
    expect(lines.filter((line) => /since: .*flag: /.test(line))).toHaveLength(data.experiments.totalCount)
    expect(lines).toContainEqual(
      expect.stringMatching(/variant: control {2}planned: 50 % {2}calls: \d+ {2}share: \d+\.\d % {2}p: [01]\.\d{3}$/),
    )
  })

  it.each([
    // The values of tables: 3.8415 and 5.9915 are exceeded by chance in one of twenty.
    ['two variants', 'chance([50 + 96.04 ** 0.5, 50 - 96.04 ** 0.5], [50, 50])', 0.05],
    ['three variants', 'chance([100 + 299.57 ** 0.5, 100, 100 - 299.57 ** 0.5], [1, 1, 1])', 0.05],
    ['equal to the plan', 'chance([30, 70], [30, 70])', 1],
    ['far from it', 'chance([90000, 10000], [50, 50])', 0],
  ])('tells how likely a division is: %s', async (_name, call, expected) => {
    const functions = code.find((cell) => cell.startsWith('def chance'))?.split('\n\n\nrows')[0]
    const [printed] = await run(`import math\n${functions}\nprint(${call})`)
    expect(Number(printed)).toBeCloseTo(expected, 4)
  })

  it('says what is wrong with a key', async () => {
    await expect(run(`${code[0]}\nask("{ viewer { scopes } }")`, { GRAPHQL_KEY: 'phx_wrong' })).rejects.toMatchObject({
      stderr: 'UNAUTHENTICATED: Personal API key found in request Authorization header is invalid.\n',
    })
  })
})
