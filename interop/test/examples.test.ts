import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { seedDemo } from '../../src/features/demo/seedDemo.ts'
import { seedColleague, seedPolicy } from '../../test/support/approvals.ts'
import { seedFlag, seedKey } from '../../test/support/seed.ts'
import { seedTenant } from '../../test/support/testServer.ts'
import { clientServer } from './clients/clientServer.ts'

// Runs the programs of examples/ as `npm run example -- …` does, against a server on a port.

const server = await clientServer()
const { db, url, limitedUrl } = server
const examples = ['urql', 'apollo-client', 'graphql-request', 'typed-client']

const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> }
const [command = '', ...words] = scripts.example?.split(' ') ?? []

/** Runs an example. Returns its output and exit code. */
async function run(name: string, settings: Record<string, string>) {
  expect(command).toBe('node')
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [...words, name], { env: { PATH, GRAPHQL_URL: url, ...settings } })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const [code] = await once(child, 'close')
  return { code: code as number | null, output }
}

describe('on the demo project', () => {
  let key = ''
  beforeAll(async () => {
    await db.$transaction((tx) => seedDemo(tx, server.time.now))
    key = await seedKey(db, await db.user.findFirstOrThrow({ where: { email: 'demo@example.com' } }))
  })
  const loyaltyPoints = () => db.featureFlag.findFirstOrThrow({ where: { key: 'loyalty-points' } })

  it('urql shows three pages of flags, and switches one off and on again', async () => {
    const { code, output } = await run('urql', { GRAPHQL_KEY: key })
    expect(output).toContain('Demo shop: 5 launched in 30 days, 4 active.\n  checkout-button: control 50%, test 50%\n')
    expect(output).toContain('  search-ranking: control 34%, sales 33%, reviews 33%\n11 of 11 flags.\nloyalty-points is off now.\n')
    expect(code).toBe(0)
    expect(await loyaltyPoints()).toMatchObject({ active: false, version: 2 })

    expect((await run('urql', { GRAPHQL_KEY: key })).output).toContain('loyalty-points is on now.\n')
    expect(await loyaltyPoints()).toMatchObject({ active: true, version: 3 })
  })

  it('apollo-client joins the pages, and its list knows what a mutation changed', async () => {
    const { code, output } = await run('apollo-client', { GRAPHQL_KEY: key })
    const keys = await eligibleKeys()
    expect(output).toBe(
      `Demo shop: 5 launched in 30 days, 2 completed.\nFlags: ${keys.join(', ')}\nloyalty-points is for 50% of the people now, says the list.\n`,
    )
    expect(code).toBe(0)
    expect((await loyaltyPoints()).filters).toMatchObject({ groups: [{ rollout_percentage: 50 }] })
  })

  it('graphql-request makes a flag, and is told which input is wrong when it is there', async () => {
    const first = await run('graphql-request', { GRAPHQL_KEY: key })
    expect(first.output).toContain('Demo shop: 4 active, 150% against the month before.\n')
    expect(first.output).toMatch(/^Flags that are on: ([\w-]+, ){7}[\w-]+$/m)
    expect(first.output).toContain('Demo shop has the flag made-by-graphql-request now.\n')
    expect(first.code).toBe(0)

    const second = await run('graphql-request', { GRAPHQL_KEY: key })
    expect(second.output).toContain('key: There is already a feature flag with this key.\n')
    expect(await db.featureFlag.count({ where: { key: 'made-by-graphql-request' } })).toBe(1)
  })

  it('typed-client drafts an experiment and launches it', async () => {
    const { code, output } = await run('typed-client', { GRAPHQL_KEY: key })
    expect(output).toContain('  search-ranking (SERVER): control 34%, sales 33%, reviews 33%\n')
    expect(output).toContain('One-click checkout is a DRAFT on the flag made-by-typed-client.\n')
    expect(output).toContain('One-click checkout is RUNNING since 2026-11-20T12:00:00.000Z.\n')
    expect(code).toBe(0)
  })

  /** The keys of the flags that an experiment may use. */
  async function eligibleKeys() {
    const flags = await db.featureFlag.findMany({ where: { deleted: false }, orderBy: { key: 'asc' } })
    const variantsOf = (filters: unknown) =>
      (filters as { multivariate?: { variants: { key: string }[] } | null }).multivariate?.variants ?? []
    const isEligible = ([first, second]: { key: string }[]) => first?.key === 'control' && second !== undefined
    return flags.filter(({ key, filters }) => isEligible(variantsOf(filters)) && !/^(survey|product-tour)/.test(key)).map(({ key }) => key)
  }
})

const byName = /^Waits for person-\d+@example\.com: request (\S+)\.$/m
const again = /^Somebody has asked for such a change already: request (\S+)\.$/m

it.each([
  ['urql', 'FEATURE_FLAG_DISABLE', byName, again],
  ['apollo-client', 'FEATURE_FLAG_UPDATE', /^Waits for 1 to approve: request (\S+)\.$/m, again],
  ['graphql-request', 'FEATURE_FLAG_ENABLE', /^Waits for approval until 2026-12-04T12:00:00\.000Z: request (\S+)\.$/m, null],
  ['typed-client', 'EXPERIMENT_LAUNCH', byName, null],
] as const)('%s says that a policy on %s guards the change', async (name, action, waits, pending) => {
  const tenant = await seedTenant(db)
  const flag = await seedFlag(db, tenant.project, { key: 'loyalty-points' })
  const colleague = await seedColleague(db, tenant)
  await seedPolicy(db, tenant, action, [colleague])

  const { output } = await run(name, { GRAPHQL_KEY: tenant.key })
  expect(output).toMatch(waits)
  if (waits === byName) expect(output).toContain(` ${colleague.user.email}: `)
  const id = waits.exec(output)?.[1]
  const { data } = await server.run(tenant.key, 'query ($id: ID!) { node(id: $id) { ... on ChangeRequest { actionKey state } } }', { id })
  expect(data.node).toEqual({ actionKey: action, state: 'PENDING' })
  expect(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).toEqual(flag)
  if (pending !== null) expect(pending.exec((await run(name, { GRAPHQL_KEY: tenant.key })).output)?.[1]).toBe(id)
})

describe.each(examples)('%s', (name) => {
  it('asks for a key when there is none', async () => {
    expect(await run(name, {})).toEqual({
      code: 1,
      output: 'Set GRAPHQL_KEY to an API key: `npm start` prints the key of the demo project.\n',
    })
  })

  it('says that a key is not valid', async () => {
    expect(await run(name, { GRAPHQL_KEY: 'phx_nobody' })).toEqual({
      code: 1,
      output: 'The server does not accept this key: set GRAPHQL_KEY to one that is valid.\nThere is no project to show.\n',
    })
  })

  it('says which scope is missing, and shows what it may', async () => {
    const { user, project } = await seedTenant(db)
    await seedFlag(db, project, { key: 'the-only-flag' })
    const { output } = await run(name, { GRAPHQL_KEY: await seedKey(db, user, { scopes: ['feature_flag:read'] }) })
    expect(output).toMatch(/^This key lacks the scope experiment:read\.$/m)
    expect(output).toContain('the-only-flag')
  })

  it('ends when it may see no flags', async () => {
    const { user, project } = await seedTenant(db)
    const { output, code } = await run(name, { GRAPHQL_KEY: await seedKey(db, user, { scopes: ['experiment:read'] }) })
    expect(output).toContain(`${project.name}: 0 `)
    expect(output).toMatch(/^This key lacks the scope feature_flag:read\.$/m)
    expect(code).toBe(1)
  })

  it('says when to come back after too many requests', async () => {
    const { key } = await seedTenant(db)
    const { output, code } = await run(name, { GRAPHQL_KEY: key, GRAPHQL_URL: limitedUrl })
    expect(output).toMatch(/^Too many requests: try again in \d+ seconds\.$/m)
    expect(code).toBe(1)
  })

  it('says that nobody answers', async () => {
    const { code, output } = await run(name, { GRAPHQL_KEY: 'phx_nobody', GRAPHQL_URL: 'http://127.0.0.1:1/graphql' })
    expect(output).toMatch(/^fetch failed \(.+\)\n$/)
    expect(code).toBe(1)
  })
})

it('names the examples when none is said', async () => {
  const { code, output } = await run('', { GRAPHQL_KEY: 'phx_nobody' })
  expect(output).toBe(
    `Name the example to run: npm run example -- ${[...examples, 'slack-notifier', 'front-end', 'supergraph', 'posthog'].join(' | ')}\n`,
  )
  expect(code).toBe(1)
})
