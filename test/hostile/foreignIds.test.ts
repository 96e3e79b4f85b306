import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/schema.ts'
import { seedPolicy } from '../support/approvals.ts'
import { seedExperiment, seedFlag } from '../support/seed.ts'
import { seedEveryType } from '../support/seedEveryType.ts'
import { globalId, seedTenant, testServer } from '../support/testServer.ts'

// Every id argument of the schema gets every kind of id of another tenant. The answer must be the one for an id that does not exist, and no
// row of the other tenant may change.

type Path = readonly string[]
type RootField = GraphQLField<unknown, unknown>

const tested = await testServer({ maxOperationCost: 1_000_000, maxOperationTokens: 100_000 })
const { db } = tested
const tenant = await seedTenant(db)
const flag = await seedFlag(db, tenant.project)
const experiment = await seedExperiment(db, flag)
const policy = await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [{ user: tenant.user }])
const savedMetric = await db.savedMetric.create({ data: { projectId: tenant.project.id, name: 'Ours', query: {} } })
const other = await seedEveryType(db)

/** An id of our own for an argument that is not under test. */
function ownId(field: RootField, name: string): string {
  if (/project/i.test(name)) return String(tenant.project.id)
  if (/user|createdBy|requester/i.test(name)) return globalId('User', tenant.user.id)
  if (/savedMetric/i.test(name) || (/savedMetric/i.test(field.name) && name === 'id')) return globalId('SavedMetric', savedMetric.id)
  if (/policy/i.test(field.name)) return globalId('ApprovalPolicy', policy.id)
  if (/flag/i.test(field.name) || /flag/i.test(name)) return globalId('FeatureFlag', flag.id)
  return globalId('Experiment', experiment.id)
}

/** The places of all ids in the arguments of a field, without those inside lists of inputs. */
function idPaths(args: readonly { name: string; type: GraphQLInputType }[], prefix: Path = []): Path[] {
  return args.flatMap(({ name, type }) => {
    const named = getNamedType(type)
    if (named.name === 'ID') return [[...prefix, name]]
    return isInputObjectType(named) ? idPaths(Object.values(named.getFields()), [...prefix, name]) : []
  })
}

/** A value for an argument: `id` at the path, otherwise something valid. Undefined for what can be left out. */
function valueFor(field: RootField, name: string, type: GraphQLInputType, path: Path, id: string): unknown {
  if (isNonNullType(type)) return valueFor(field, name, type.ofType, path, id)
  if (isListType(type)) return [valueFor(field, name, type.ofType, path, id)]
  if (isInputObjectType(type)) {
    const inner = path[0] === name ? path.slice(1) : []
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((input) => isRequiredInputField(input) || input.name === inner[0])
        .map((input) => [input.name, valueFor(field, input.name, input.type, inner, id)]),
    )
  }
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (type.name === 'ID') return path[0] === name ? id : ownId(field, name)
  return { Int: 1, Float: 1, Boolean: true, JSON: {}, DateTime: '2026-01-01T00:00:00Z' }[type.name] ?? 'x'
}

/** The leaves of a type, and of the objects in it. */
function selectionOf(type: GraphQLOutputType, depth = 3): string {
  const named = getNamedType(type)
  if (isLeafType(named)) return ''
  const error = schema.getType('Error')
  if (!isObjectType(named)) return `{ __typename ${error === undefined ? '' : '... on Error { message }'} }`
  const fields = Object.values(named.getFields()).flatMap(({ name, type, args }) => {
    if (args.some((arg) => isNonNullType(arg.type))) return []
    const inner = getNamedType(type)
    if (isLeafType(inner)) return [name]
    return depth > 1 && isObjectType(inner) ? [`${name} ${selectionOf(inner, depth - 1)}`] : []
  })
  return `{ __typename ${fields.join(' ')} }`
}

async function ask(kind: string, field: RootField, path: Path, id: string): Promise<string> {
  const given = field.args.filter(({ name, type }) => isNonNullType(type) || name === path[0])
  const variables = Object.fromEntries(given.map(({ name, type }) => [name, valueFor(field, name, type, path, id)]))
  const definitions = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const args = given.map(({ name }) => `${name}: $${name}`).join(', ')
  const named = getNamedType(field.type)
  const selection = named.name === 'Node' ? '{ __typename id }' : selectionOf(field.type)
  const answer = await tested.run(tenant.key, `${kind} (${definitions}) { ${field.name}(${args}) ${selection} }`, variables)
  return JSON.stringify(answer)
}

/** An id of the same form that no row has. */
function missingId(id: string): string {
  const [, type = '', value = ''] = /^(\w+):(.*)$/s.exec(Buffer.from(id, 'base64').toString()) ?? []
  return globalId(type, /^\d+$/.test(value) ? 987_654_321 : value.replace(/^.{36}/, '00000000-0000-4000-8000-000000000000'))
}

/** An answer without the id that was sent. Errors about actions name its number. */
function withoutId(answer: string, id: string): string {
  const [, number = ''] = Buffer.from(id, 'base64').toString().split(':')
  return answer.replaceAll(id, '<id>').replaceAll(` ID ${number} `, ' ID <id> ')
}

const foreignIds = Object.values(other.ids).flatMap(([id]) => (id === undefined ? [] : [id]))
const dump = async () =>
  JSON.stringify([
    await db.featureFlag.findMany({ where: { projectId: { not: tenant.project.id } }, orderBy: { id: 'asc' } }),
    await db.experiment.findMany({ where: { projectId: { not: tenant.project.id } }, orderBy: { id: 'asc' } }),
    await db.savedMetric.findMany({
      where: { projectId: { not: tenant.project.id } },
      orderBy: { id: 'asc' },
      include: { experiments: true },
    }),
    await db.approvalPolicy.findMany({ where: { organizationId: { not: tenant.organization.id } }, orderBy: { id: 'asc' } }),
    await db.changeRequest.findMany({ where: { projectId: { not: tenant.project.id } }, orderBy: { id: 'asc' } }),
  ])

const roots = [
  ['query', schema.getQueryType()],
  ['mutation', schema.getMutationType()],
] as const
const places = roots.flatMap(([kind, root]) =>
  Object.values(root?.getFields() ?? {})
    .filter(({ name }) => !name.startsWith('_'))
    .flatMap((field) => idPaths(field.args).map((path) => ({ place: `${field.name}(${path.join('.')})`, kind, field, path }))),
)

it('finds the ids of the schema by walking it', () => {
  expect(places.length).toBeGreaterThan(40)
  expect(foreignIds.length).toBeGreaterThan(5)
})

describe('an id of another tenant is answered like one that does not exist, and its row stays as it is', () => {
  it.each(places)('$place', async ({ kind, field, path }) => {
    const before = await dump()
    for (const id of foreignIds) {
      const missing = missingId(id)
      const foreign = withoutId(await ask(kind, field, path, id), id)
      const unknown = withoutId(await ask(kind, field, path, missing), missing)
      expect(foreign, id).toBe(unknown)
    }
    expect(await dump()).toBe(before)
  })
})
