import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { allCommands, pathOf } from '../../src/cli/terminal/commandTree.ts'
import { document } from '../docs/documents.ts'
import { compileCache } from '../support/program.ts'

// Each command starts Node, and some the embedded database. That takes long on a busy machine.
vi.setConfig({ testTimeout: 300_000 })

const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-program-'))
afterAll(() => rm(folder, { recursive: true }))
const own = { DATA_DIR: join(folder, 'data'), PORT: '0' }

async function run(args: string[], settings: Record<string, string> = {}, input = '') {
  const child = spawn(process.execPath, ['cli.mjs', ...args], {
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: compileCache, ...own, ...settings },
  })
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve))
  child.stdin.end(input)
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, output, errors }
}

const { version } = JSON.parse(await readFile('package.json', 'utf8'))

describe('the program', () => {
  it('says its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, output: `${version}\n`, errors: '' })
  })

  it('suggests the command that was meant', async () => {
    const { code, output, errors } = await run(['doctr'])
    expect([code, output]).toEqual([2, ''])
    expect(errors).toContain('(Did you mean doctor?)')
  })

  it('lists its commands, and exits with 2 where none is named', async () => {
    const { code, errors } = await run([])
    expect(code).toBe(2)
    for (const { name, summary } of (await createProgram(() => false)).commands.map((each) => ({
      name: each.name(),
      summary: each.summary(),
    }))) {
      expect(errors.replaceAll(/\s+/g, ' ')).toContain(`${name} ${summary}`)
    }
  })

  it('shows the help of every command, with an example of the longer ones', async () => {
    const program = await createProgram(() => true)
    for (const command of allCommands(program)) {
      expect(command.description(), pathOf(command).join(' ')).toMatch(/^[A-Z].*\.$/s)
    }
    for (const command of program.commands) {
      let help = ''
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
      expect(help, command.name()).toMatch(/^Usage: npm run .+\nExample/s)
    }
  })
})

it('docs/command-line.md lists every command with what it does', async () => {
  const documented = [...document('docs/command-line.md').text.matchAll(/^\| `([a-z -]+)` \|/gm)].map(([, name]) => name)
  const commands = allCommands(await createProgram(() => true)).map((each) => pathOf(each).join(' '))
  // Commands with commands below them are listed only if they can be run themselves.
  const groups = commands.filter((name) => name !== 'link' && commands.some((other) => other.startsWith(`${name} `)))
  expect(documented.sort()).toEqual(commands.filter((name) => name !== '' && !groups.includes(name)).sort())
})

describe('on a new database', () => {
  it('the doctor sees none, creates none, and finds no problem', async () => {
    const { code, output } = await run(['doctor'])
    expect(code).toBe(0)
    expect(output).toContain('warning  database: The embedded database does not exist yet.')
  })

  it('seed adds the demo data once, and the doctor and explain then read it', async () => {
    const first = await run(['seed', '--json'])
    expect(first).toMatchObject({ code: 0, errors: 'The demo data was added.\n' })
    const { seeded, projectId, key } = JSON.parse(first.output)
    expect({ seeded, projectId }).toEqual({ seeded: true, projectId: 1 })
    const again = JSON.parse((await run(['seed', '--json'])).output)
    expect(again).toMatchObject({ seeded: false, projectId: 1, key })

    const { healthy, findings } = JSON.parse((await run(['doctor', '--json'])).output)
    expect(healthy).toBe(true)
    expect(findings).toContainEqual({ check: 'indexes', level: 'ok', seen: expect.stringMatching(/^All \d+ are there/), advice: null })
    expect(JSON.stringify(findings)).not.toContain('phx_')

    const variables = join(folder, 'variables.json')
    await writeFile(variables, '{"project": 1}')
    const query = 'query A { __typename } query B($project: ID!) { stats(projectId: $project) { activeExperiments } }'
    const { output, errors } = await run(['explain', '-', '--operation', 'B', '--variables', variables, '--json'], {}, query)
    expect(errors).toBe('')
    const { kind, cost, statements } = JSON.parse(output)
    expect(kind).toBe('query')
    expect(cost).toMatchObject({ points: expect.any(Number), depth: 2, maxOperationCost: 25_000 })
    expect(statements.count).toBe(statements.first.length)
    expect(statements.first.at(-1).sql).toMatch(/FROM experiments/)
  })

  it('members are listed and changed, and what is wrong is said', async () => {
    expect(await run(['members', 'roles', 'grace@example.com', '--add', 'Reviewers', '--add', 'Shop'])).toEqual({
      code: 0,
      output: '',
      errors:
        "Created the role 'Reviewers' in 'Demo'.\nCreated the role 'Shop' in 'Demo'.\ngrace@example.com has 'Reviewers', 'Shop' in 'Demo'.\n",
    })
    expect((await run(['members', 'level', 'grace@example.com', 'admin'])).errors).toBe("grace@example.com is now an admin of 'Demo'.\n")
    expect(await run(['members', 'level', 'grace@example.com', 'queen'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('Use one of member, admin, owner.'),
    })
    expect(await run(['members', 'deactivate', 'demo@example.com'])).toEqual({
      code: 1,
      output: '',
      errors: "members deactivate: demo@example.com is the last active owner of 'Demo'. Make somebody else an owner first.\n",
    })
    const { output } = await run(['members', 'list'])
    expect(output).toMatch(/^grace@example\.com +Grace +Demo +admin +Reviewers, Shop +1$/m)
  })

  it('seed refuses a database with other data', async () => {
    const data = { DATA_DIR: join(folder, 'other'), DEMO_DATA: 'false' }
    const options = ['--user', 'me@example.com', '--scopes', '*', '--create-user', '--organization', 'Acme', '--create-organization']
    const created = await run(['keys', 'create', ...options, '--json'], data)
    expect(JSON.parse(created.output)).toMatchObject({ token: expect.stringMatching(/^phx_/), scopes: ['*'] })
    const { code, output, errors } = await run(['seed'], data)
    expect([code, output]).toEqual([1, ''])
    expect(await run(['import', 'package.json'], data)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('either --project NUMBER'),
    })
    expect(errors).toMatch(/^seed: The database holds other data: organizations: 1\. Nothing was added\./)
    expect(JSON.parse((await run(['keys', 'list', '--json'], data)).output)).toHaveLength(1)
    expect(JSON.parse((await run(['link', 'status', '--json'], data)).output)).toEqual([])
    // The option is that of the command below, though the command above has one of the same name.
    expect((await run(['link', 'unlink', '--project', '9'], data)).errors).toMatch(/^link unlink: There is no project 9/)
  })
})

describe('explain', () => {
  it.each([
    [
      'a mutation',
      'mutation { archiveExperiment(input: { id: 1 }) { __typename } }',
      'Statements: not counted, because a mutation is not run.',
    ],
    [
      'a subscription',
      'subscription { changeRequestUpdated(projectId: 1) { id } }',
      'Statements: not counted, because a subscription is not run.',
    ],
  ])('never runs %s', async (_what, query, expected) => {
    // There is no such database.
    const { code, output } = await run(['explain', '-'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, query)
    expect(code).toBe(0)
    expect(output).toMatch(/^Cost: \d+ points, of at most 25000\./)
    expect(output).toContain(expected)
  })

  it.each([
    ['a wrong field', '{ stts }', ['-'], 1, /^explain: -:1:3: Cannot query field "stts"/],
    ['a syntax error', '{', ['-'], 1, /^explain: -:1:2: Syntax Error/],
    ['several operations', 'query A { __typename } query B { __typename }', ['-'], 2, /Name one with --operation/],
    ['a missing file', '', ['no.graphql'], 1, /no\.graphql does not exist/],
    ['a missing key', '{ __typename }', ['-'], 2, /Set GRAPHQL_KEY/],
  ])('explains %s', async (_what, query, args, expected, reason) => {
    const { code, errors } = await run(['explain', ...args], { DATA_DIR: join(folder, 'bare'), DEMO_DATA: 'false' }, query)
    expect([code, errors]).toEqual([expected, expect.stringMatching(reason)])
  })
})

describe('the doctor', () => {
  it('exits with 1 where there is a problem, and names what to do', async () => {
    const { code, output } = await run(['doctor'], { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/none', LINK_POL_SECONDS: '1' })
    expect(code).toBe(1)
    expect(output).toContain('did you mean LINK_POLL_SECONDS?')
    expect(output).toContain('problem  database: It cannot be reached: connect ECONNREFUSED')
    expect(output).not.toContain('secret')
  })

  it('names wrong settings, and looks at nothing else then', async () => {
    const { code, output } = await run(['doctor', '--json'], { PORT: 'eighty' })
    expect(code).toBe(1)
    expect(JSON.parse(output).findings.map(({ check }: { check: string }) => check)).toEqual(['settings', 'node'])
  })
})
