import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFiles } from '../../src/posthog/import/importFiles.ts'
import { seedColleague, seedPolicy } from '../support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag } from '../support/seed.ts'
import { globalId, seedTenant, testServer } from '../support/testServer.ts'

// Numbers that JavaScript would round: each must come back digit for digit, wherever JSON is read or written.

const tested = await testServer()
const { db } = tested
const id = '12345678901234567890'
const decimal = '0.1234567890123456789'

/** Sends JSON as text, and returns the answer as text: parsing would hide what is tested. */
async function send(key: string, body: string, others: RequestInit = {}): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...others.headers }
  const response = await tested.server.fetch('http://localhost/graphql', { method: 'POST', body, ...others, headers })
  return response.text()
}

const property = `{"key":"account","type":"person","operator":"exact","value":[${id},-${id},${decimal}]}`
const byNumber = `{"key":${id},"type":"person","operator":"gt","value":${id}}`
const filters = `{"groups":[{"properties":[${property},${byNumber}],"sort_key":${id},"rollout_percentage":100}],"note":{"deep":[[${decimal}]]}}`
const storedFilters = filters.replace(`"key":${id}`, `"key":"${id}"`)
const create =
  'mutation ($input: CreateFeatureFlagInput!) { createFeatureFlag(input: $input) { __typename ... on FeatureFlag { id filters } } }'
const kept = (text: string) => [id, `-${id}`, decimal].map((number) => text.includes(number))
const columnOf = async (table: string, column: string, row: number) =>
  (await db.$queryRawUnsafe<{ text: string }[]>(`SELECT ${column}::text AS text FROM ${table} WHERE id = $1`, row))[0]?.text ?? ''
/** As text, without PostgreSQL's spaces and order of keys. */
const numbersIn = (text: string) => [...text.matchAll(/-?\d[\d.]{15,}/g)].map(([number]) => number).sort()

describe('a flag with numbers of many digits', () => {
  it('keeps them as variables, in the row, the answer and the list', async () => {
    const { key, project } = await seedTenant(db)
    const text = await send(
      key,
      `{"query":${JSON.stringify(create)},"variables":{"input":{"projectId":${project.id},"key":"big","filters":${filters}}}}`,
    )
    expect(numbersIn(text)).toEqual(numbersIn(storedFilters))
    const row = await db.featureFlag.findFirstOrThrow({ where: { projectId: project.id } })
    expect(numbersIn(await columnOf('feature_flags', 'filters', row.id))).toEqual(numbersIn(storedFilters))
    const read = `query { node(id: "${globalId('FeatureFlag', row.id)}") { ... on FeatureFlag { filters } } }`
    expect(numbersIn(await send(key, JSON.stringify({ query: read })))).toEqual(numbersIn(storedFilters))
  })

  it('keeps them as a literal of the document, and as variables of a URL', async () => {
    const { key, project } = await seedTenant(db)
    const literal = `{ groups: [{ properties: [], sort_key: ${id}, rollout_percentage: 100 }], note: [$number, -${id}, ${decimal}] }`
    const query = `mutation ($number: JSON) { createFeatureFlag(input: { projectId: ${project.id}, key: "big", filters: ${literal} }) { ... on FeatureFlag { filters } } }`
    expect(numbersIn(await send(key, `{"query":${JSON.stringify(query)},"variables":{"number":9007199254740993}}`))).toEqual(
      [id, '9007199254740993', `-${id}`, decimal].sort(),
    )
    const ofUrl = `query=${encodeURIComponent('query ($id: ID!) { project(id: $id) { id } }')}`
    const response = await tested.server.fetch(`http://localhost/graphql?${ofUrl}&variables=${encodeURIComponent(`{"id":${id}}`)}`, {
      headers: { authorization: `Bearer ${key}`, accept: 'application/json', 'apollo-require-preflight': 'true' },
    })
    // An id is no number. It is read as its digits.
    expect(await response.json()).toMatchObject({
      data: { project: null },
      errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'id' } }],
    })
  })

  it('keeps those of other keys when one key of its filters changes, and counts equal ones as no change', async () => {
    const { key, project } = await seedTenant(db)
    const flag = await seedFlag(db, project, { key: 'big' })
    await db.$executeRawUnsafe('UPDATE feature_flags SET filters = $1::jsonb WHERE id = $2', storedFilters, flag.id)
    const update = (changes: string) =>
      send(
        key,
        `{"query":"mutation ($input: UpdateFeatureFlagInput!) { updateFeatureFlag(input: $input) { __typename ... on FeatureFlag { version } } }",
          "variables":{"input":{"id":"${globalId('FeatureFlag', flag.id)}","filters":${changes}}}}`,
      )
    expect(await update('{"early_exit":true}')).toContain('"version":2')
    expect(numbersIn(await columnOf('feature_flags', 'filters', flag.id))).toEqual(numbersIn(storedFilters))
    expect(await update(`{"note":{"deep":[[${decimal}]]}}`)).toContain('"version":2')
    expect(await update(`{"note":{"deep":[[${decimal}1]]}}`)).toContain('"version":3')
  })

  it('keeps them in a change request, its replay and the audit trail', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project, { filters: controlAndTest })
    await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver])
    const input = `{"id":"${globalId('FeatureFlag', flag.id)}","filters":${filters}}`
    const query = `mutation ($input: UpdateFeatureFlagInput!) { updateFeatureFlag(input: $input) {
      ... on ApprovalRequiredError { changeRequest { id after } } } }`
    const requested = await send(tenant.key, `{"query":${JSON.stringify(query)},"variables":{"input":${input}}}`)
    expect(kept(requested)).toEqual([true, true, true])
    const requestId = /"id":"([^"]+)"/.exec(requested)?.[1]
    const approve = `mutation { approveChangeRequest(input: { id: "${requestId}" }) {
      ... on ApproveChangeRequestSuccess { outcome { __typename } } } }`
    expect(await send(approver.key, JSON.stringify({ query: approve }))).toContain('ChangeApplied')
    expect(numbersIn(await columnOf('feature_flags', 'filters', flag.id))).toEqual(numbersIn(storedFilters))
    const trail = `query { node(id: "${globalId('FeatureFlag', flag.id)}") { ... on FeatureFlag { activity { nodes { after } } } } }`
    expect(kept(await send(tenant.key, JSON.stringify({ query: trail })))).toEqual([true, true, true])
  })

  it.each(['variables', 'extensions'])('refuses one in place of the %s', async (parameter) => {
    const { key } = await seedTenant(tested.db)
    const answer = await send(key, `{"query":"{ __typename }","${parameter}":${id}}`)
    expect(JSON.parse(answer)).toMatchObject({
      errors: [{ message: expect.stringContaining(parameter), extensions: { code: 'BAD_USER_INPUT' } }],
    })
  })

  it('refuses a number that no column holds, and names it', async () => {
    const { key, project } = await seedTenant(db)
    for (const [number, reason] of [
      ['1e400', 'below 1e308'],
      ['9'.repeat(400), 'below 1e308'],
      ['1e999999999', 'below 1e308'],
      ['1e-400', 'of at most 308 digits'],
      [`0.${'1'.repeat(400)}`, 'of at most 308 digits'],
    ]) {
      const answer = await send(
        key,
        `{"query":"mutation ($input: CreateFeatureFlagInput!) { createFeatureFlag(input: $input) { ... on ValidationError { message } } }",
          "variables":{"input":{"projectId":${project.id},"key":"big","filters":{"groups":[{}],"note":${number}}}}}`,
      )
      expect(answer).toContain(`Cannot be stored: note must be a number ${reason}`)
    }
  })
})

describe('an experiment with numbers of many digits', () => {
  it('keeps them in its metrics and settings, also in a copy', async () => {
    const { key, project } = await seedTenant(db)
    const experiment = await seedExperiment(db, await seedFlag(db, project))
    const metric = `{"kind":"ExperimentMetric","metric_type":"mean","source":{"kind":"EventsNode","event":"x","math_hogql":${id}}}`
    const input = `{"id":"${globalId('Experiment', experiment.id)}","metrics":[${metric}],"exposureCriteria":{"cohort":-${id}},"statsConfig":{"seed":${decimal}}}`
    const fields = '... on Experiment { databaseId metrics exposureCriteria statsConfig }'
    const update = `mutation ($input: UpdateExperimentInput!) { updateExperiment(input: $input) { ${fields} } }`
    expect(kept(await send(key, `{"query":${JSON.stringify(update)},"variables":{"input":${input}}}`))).toEqual([true, true, true])
    const copy = `mutation { duplicateExperiment(input: { id: "${globalId('Experiment', experiment.id)}" }) { ${fields} } }`
    const copied = await send(key, JSON.stringify({ query: copy }))
    expect(kept(copied)).toEqual([true, true, true])
    const copyId = Number(/"databaseId":(\d+)/.exec(copied)?.[1])
    expect(await columnOf('experiments', 'metrics', copyId)).toContain(id)
  })

  it('keeps them in the payload of a variant', async () => {
    const { key, project } = await seedTenant(db)
    const variants = `[{"key":"control","rolloutPercentage":33.33333333333333333333,"payload":{"id":${id}}},{"key":"test","rolloutPercentage":66.666666666666666667}]`
    const query = `mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) {
      ... on ValidationError { message } ... on Experiment { featureFlag { variants { payload } } } } }`
    const input = `{"projectId":${project.id},"name":"x","featureFlagKey":"x","variants":${variants}}`
    expect(await send(key, `{"query":${JSON.stringify(query)},"variables":{"input":${input}}}`)).toContain(`"payload":{"id":${id}}`)
  })
})

describe('a number with too many digits', () => {
  const ask = async (query: string, variable: string) => {
    const { key } = await seedTenant(db)
    return send(key, `{"query":${JSON.stringify(query)},"variables":{"v":${variable}}}`)
  }
  const of = (type: string, field: string) => `query ($v: ${type}) { experiments(projectId: 1, ${field}: $v) { totalCount } }`
  const update = 'mutation ($v: UpdateExperimentInput!) { updateExperiment(input: $v) { __typename } }'

  it.each<[string, string, string, string]>([
    ['an Int', of('Int', 'first'), id, `got invalid value ${id}; Int cannot represent non 32-bit signed integer value: ${id}`],
    ['an Int, with digits beyond one', of('Int', 'first'), '1.00000000000000000001', 'got invalid value 1.00000000000000000001;'],
    ['text', of('String', 'search'), decimal, `got invalid value ${decimal}; String cannot represent a non string value: ${decimal}`],
    ['a Boolean', of('Boolean', 'archived'), '1e400', 'got invalid value 1e400; Boolean cannot represent a non boolean value: 1e400'],
    ['an enum in an object', of('ExperimentOrder', 'orderBy'), `{"field":${id},"direction":"ASC"}`, `got invalid value ${id} at`],
    ['an object', update, `{"id":1,"name":["x",{"deep":{"deeper":${id}}}]}`, 'got invalid value ['],
    ['an unknown field', update, `{"id":1,"zzz":${id}}`, `got invalid value { id: 1, zzz: ${id} };`],
  ])('in the place of %s is shown as it was sent', async (_what, query, variable, message) => {
    const text = await ask(query, variable)
    expect(text).toContain(message)
    expect(text).toContain('"code":"BAD_USER_INPUT"')
    expect(text).not.toMatch(/decimal|ExactNumber|ShownNumber/)
  })

  it('is no Float if it is an integer that a double does not hold, and is rounded if it is a decimal', async () => {
    const refused = (number: string) => `Float cannot represent the number ${number}: it has more digits than a double holds.`
    for (const number of [id, `-${id}`, '9007199254740993', '1e400']) {
      const text = await ask(update, `{"id":1,"rolloutPercentage":${number}}`)
      expect(text).toContain(refused(number))
      expect(text).toContain('"code":"BAD_USER_INPUT"')
      const literal = `mutation { updateExperiment(input: { id: 1, rolloutPercentage: ${number} }) { __typename } }`
      expect(await ask(literal, '1')).toContain(refused(number))
    }
    for (const number of [decimal, '9007199254740992', '33.33333333333333333333', '1e300']) {
      expect(await ask(update, `{"id":1,"rolloutPercentage":${number}}`)).toBe(
        '{"data":{"updateExperiment":{"__typename":"NotFoundError"}}}',
      )
    }
  })

  it('deep in a wrong value overflows nothing', async () => {
    const deep = `${'['.repeat(20_000)}${id}${']'.repeat(20_000)}`
    expect(await ask(update, `{"id":1,"name":${deep}}`)).toContain('"code":"BAD_USER_INPUT"')
  })
})

describe('an import', () => {
  it('keeps them in flags and events, and is the same a second time', async ({ onTestFinished }) => {
    const { project } = await seedTenant(db)
    const folder = await mkdtemp(join(tmpdir(), 'exact-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const [flags, events] = [join(folder, 'flags.json'), join(folder, 'events.ndjson')]
    await writeFile(flags, `{"results":[{"id":1,"key":"big","filters":${storedFilters}}]}`)
    const uuid = crypto.randomUUID()
    const event = `{"uuid":"${uuid}","event":"x","distinct_id":"a","timestamp":"2026-11-01T00:00:00Z","properties":{"account":${id}}}`
    await writeFile(events, event)
    const target = { project: String(project.id) }
    const { report } = await importFiles(db, { files: [flags, events], target })
    expect(report.counts['feature flags'].created).toBe(1)
    const row = await db.featureFlag.findFirstOrThrow({ where: { projectId: project.id } })
    expect(numbersIn(await columnOf('feature_flags', 'filters', row.id))).toEqual(numbersIn(storedFilters))
    expect((await db.event.findFirstOrThrow({ where: { projectId: project.id } })).properties).toContain(id)
    const again = await importFiles(db, { files: [flags], target })
    expect(again.report.counts['feature flags']).toMatchObject({ unchanged: 1, updated: 0 })
  })
})
