import { execFile, spawn, spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from 'graphql-ws'
import { afterAll, describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { allCommands, pathOf } from '../../src/cli/terminal/commandTree.ts'
import { ensureDemo } from '../../src/features/demo/ensureDemo.ts'
import { settingNames } from '../../src/platform/config.ts'
import { listen } from '../support/listen.ts'
import { startPostHog } from '../support/posthog/startPostHog.ts'
import { globalId, testServer } from '../support/testServer.ts'
import { documents } from './documents.ts'

// Checks the blocks of the documents that are no GraphQL: test/docs/operations.test.ts runs those. What can be run here is run.

const blocks = documents.flatMap(({ path, blocks }) => blocks.map((block) => ({ ...block, path, place: `${path}:${block.line}` })))
const blocksOf = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language))

/** The tests that check each language. A block without a language is a picture, or what a program prints. */
const checkedBy: Record<string, string> = {
  '': 'nothing to check',
  graphql: 'test/docs/operations.test.ts',
  json: 'test/docs/operations.test.ts and test/docs/docs.test.ts',
  sql: 'test/docs/sql.test.ts, and clickhouse/test/documents.test.ts for docs/events.md',
  ...Object.fromEntries(['http', 'js', 'nginx', 'python', 'sh', 'ts', 'yaml'].map((language) => [language, 'this file'])),
}

it('checks every language', () => {
  expect(blocks.filter(({ language }) => checkedBy[language] === undefined)).toEqual([])
})

const tested = await testServer()
const folder = await mkdtemp(join(tmpdir(), 'demo-keys-'))
afterAll(() => rm(folder, { recursive: true }))
const key = (await ensureDemo(tested, folder, tested.time.now))?.key ?? ''
const url = await listen(tested.server)
/** What a reader types, for the server of this test. */
const here = (text: string) => text.replaceAll('http://localhost:4000/graphql', url)
const env = { PATH: process.env.PATH, GRAPHQL_KEY: key }
const isThere = (program: string) => spawnSync(program, ['--version']).status === 0

describe('shell', () => {
  it.skipIf(!isThere('bash')).each(blocksOf('sh'))('$place has no wrong syntax', ({ text }) => {
    expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })

  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  /** The arguments of the program behind `npm run name --`. Null if the script runs something else. */
  const argumentsOf = (script: string) =>
    /src\/cli\/main\.ts(.*)$|cli\.mjs$/
      .exec(scripts[script] ?? '')
      ?.slice(1)
      .join('')
      .trim() ?? null
  const lines = blocksOf('sh').flatMap(({ place, text }) => {
    const joined = text.replaceAll(/\\\n/g, ' ').split('\n')
    return joined.flatMap((line) => {
      const code = line.replace(/\s#.*$/, '')
      const [, script = '', rest = ''] = /\bnpm run (?:-s )?([\w:]+)(?: --)?([^|)<>&]*)/.exec(code) ?? []
      const [, direct] = /\b(?:npx experiments-graph|node src\/cli\/main\.ts)([^|)<>&]*)/.exec(code) ?? []
      const base = direct === undefined ? argumentsOf(script) : ''
      return base === null ? [] : [{ place, command: `${base} ${direct ?? rest}`.trim() }]
    })
  })

  it('finds the commands', () => expect(lines.length).toBeGreaterThan(15))

  it.each(lines)('$place: there is "$command", with these options', async ({ command }) => {
    const words: string[] = command.match(/"[^"]*"|'[^']*'|\S+/g) ?? []
    const commands = allCommands(await createProgram((name) => name === words[0]))
    const paths = commands.map((each) => ({ each, path: pathOf(each) })).sort((a, b) => b.path.length - a.path.length)
    const found = paths.find(({ path }) => path.every((name, at) => words[at] === name))
    if (found === undefined || found.path.length === 0) throw new Error(`There is no command ${words[0]}.`)
    const options = words.slice(found.path.length).filter((word) => word.startsWith('--') && word !== '--help')
    const known = found.each.options.map(({ long }) => long)
    expect(options.filter((option) => !known.includes(option))).toEqual([])
    if (found.each.commands.length > 0 && options.length === 0 && !words.includes('--help')) throw new Error('Name a command below it.')
  })

  it('sets only variables that something reads', () => {
    const others = globSync(['{bench,examples,interop,test,web}/**/*.{ts,mjs,yml}', 'src/cli/link.ts', 'compose.yaml'], {
      exclude: (name) => name.includes('node_modules'),
    })
    const code = others.map((file) => readFileSync(file, 'utf8')).join('\n')
    const unread = blocksOf('sh').flatMap(({ place, text }) =>
      [...text.matchAll(/(?:^|export |["' ])([A-Z][A-Z_]+)=/gm)].flatMap(([, name = '']) =>
        settingNames.includes(name) || new RegExp(`\\b${name}\\b`).test(code) ? [] : [`${place}: ${name}`],
      ),
    )
    expect(unread).toEqual([])
  })

  const curls = blocksOf('sh').filter(({ text }) => text.startsWith('curl'))

  it.skipIf(!isThere('curl')).each(curls.filter(({ text }) => !text.includes('-sN')))('$place is answered', async ({ text }) => {
    const { stdout } = await promisify(execFile)('bash', ['-c', here(text)], { env })
    expect(JSON.parse(stdout)).toEqual({ data: expect.anything() })
  })

  it.skipIf(!isThere('curl')).each(curls.filter(({ text }) => text.includes('-sN')))('$place receives an event', async ({ text }) => {
    const curl = spawn('bash', ['-c', `exec ${here(text)}`], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const chunks = curl.stdout[Symbol.asyncIterator]()
    // The server opens the stream with a comment.
    let received = String((await chunks.next()).value)
    const { id } = await tested.db.experiment.findFirstOrThrow({ where: { name: 'Zoom on hover' } })
    await tested.run(key, 'mutation ($id: ID!) { updateExperiment(input: { id: $id, name: "Zoom on click" }) { __typename } }', {
      id: globalId('Experiment', id),
    })
    while (!received.includes('event: next')) received += String((await chunks.next()).value)
    curl.kill()
    expect(received).toContain('"name":"Zoom on click"')
  })
})

describe('Python', () => {
  it.skipIf(!isThere('python3')).each(blocksOf('python'))('$place prints every flag', async ({ text }) => {
    const { stdout } = await promisify(execFile)('python3', ['-c', here(text)], { env })
    const { data } = await tested.run(key, '{ eligibleFeatureFlags(projectId: 1, first: 100) { totalCount } }')
    expect(stdout.trim().split('\n')).toHaveLength(data.eligibleFeatureFlags.totalCount)
    expect(stdout).toMatch(/^free-shipping-bar (on|off)$/m)
  })
})

describe('JavaScript and TypeScript', () => {
  const lines = (text: string) => text.replaceAll(/\s*\n\s*/g, '\n').trim()
  const programs = globSync('{src,examples,interop/test}/**/*.{ts,js,mjs}', { exclude: (name) => name.includes('node_modules') })
  const codeOf = new Map(programs.map((file) => [file, lines(readFileSync(file, 'utf8'))]))
  const isOneCall = ({ text }: { text: string }) => text.startsWith('createClient(')

  it.each(blocksOf('ts', 'js').filter((block) => !isOneCall(block)))('$place is part of a program, which tests run', ({ text }) => {
    expect(programs.filter((file) => codeOf.get(file)?.includes(lines(text)))).not.toEqual([])
  })

  it.each(blocksOf('ts', 'js').filter(isOneCall))('$place connects', async ({ text }) => {
    const make = new Function('createClient', 'key', `return ${text.replace('ws://localhost:4000/graphql', url.replace('http', 'ws'))}`)
    const client: ReturnType<typeof createClient> = make(createClient, key)
    const answers = client.iterate({ query: '{ viewer { user { email } } }' })
    expect((await answers.next()).value).toEqual({ data: { viewer: expect.anything() } })
    await client.dispose()
  })
})

describe('HTTP', async () => {
  const posthog = await startPostHog()
  afterAll(() => posthog.close())
  posthog.fill({ flags: 30, experiments: 12 })
  const requests = blocksOf('http').flatMap(({ place, text }) =>
    [...text.matchAll(/^(GET|POST|PATCH|DELETE) (\S+)(?:\n(\{.*\}))?$/gm)].map(([, method = '', path = '', body]) => ({
      place,
      method,
      path,
      body,
    })),
  )

  it('finds the requests', () => expect(requests.length).toBeGreaterThanOrEqual(blocksOf('http').length))

  it.each(requests)('$place: PostHog has $method $path', async ({ method, path, body }) => {
    const answer = await fetch(posthog.origin + path, {
      method,
      headers: { authorization: `Bearer ${posthog.key.token}`, 'content-type': 'application/json' },
      body: body ?? null,
    })
    expect({ status: answer.status, body: await answer.text() }).toMatchObject({ status: 200 })
  })
})

describe('nginx', () => {
  it.each(blocksOf('nginx'))('$place has what streams and sockets need', ({ text }) => {
    const directives = text.split('\n').flatMap((line) => /^ {4}(\S.*);$/.exec(line)?.[1] ?? [])
    expect(directives).toEqual(expect.arrayContaining(['proxy_http_version 1.1', 'proxy_buffering off']))
    expect(directives).toContain('proxy_set_header Upgrade $http_upgrade')
  })
})

describe('YAML', () => {
  it.each(blocksOf('yaml'))('$place gives the action inputs that it has', ({ text }) => {
    const [, given = ''] = /\n +with:\n((?: {10}\S.*\n)+)/.exec(text) ?? []
    const action = readFileSync('examples/check-flags/action.yml', 'utf8')
    const inputs = [...(/inputs:\n([\s\S]*?)\nruns:/.exec(action)?.[1] ?? '').matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name)
    const names = [...given.matchAll(/^ +(\w+):/gm)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !inputs.includes(name))).toEqual([])
  })
})
