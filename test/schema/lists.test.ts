import {
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isObjectType,
} from 'graphql'
import { expect, it } from 'vitest'
import { maxPageSize } from '../../src/graphql/argumentLimits.ts'
import { schema } from '../../src/schema/schema.ts'
import { assumedListSize, fieldCost } from '../../src/server/limits/fieldCost.ts'

// Each list that the schema gives has a size and a cost, and each that it takes says how long it may be. What is new is met here by itself.

const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type))
const isList = ({ type }: { type: Parameters<typeof getNullableType>[0] }) => isListType(getNullableType(type))
const isPage = ({ name }: GraphQLNamedType) => name.endsWith('Connection')
const fields = types.flatMap((type) =>
  isObjectType(type) || isInterfaceType(type)
    ? Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, owner: type, field }))
    : [],
)

it('meets lists of every kind', () => {
  expect(fields.filter(({ field }) => isPage(getNamedType(field.type))).length).toBeGreaterThan(50)
  expect(fields.filter(({ field }) => isList(field)).length).toBeGreaterThan(80)
})

it('gives each page a bound and a cost that grow with what is asked for', () => {
  const wrong = fields.filter(({ field }) => {
    if (!isPage(getNamedType(field.type))) return false
    const cost = fieldCost(field)
    const [small, large, tooLarge] = [1, maxPageSize, 1e9].map((first) => assumedListSize(cost, { first }))
    return !(cost.weight > 0 && small === 1 && large === maxPageSize && tooLarge === maxPageSize && sizesItsRows(field))
  })
  expect(wrong.map(({ name }) => name)).toEqual([])
})

const sizesItsRows = (field: GraphQLField<unknown, unknown>) => fieldCost(field).listSize?.sizedFields?.toSorted().join() === 'edges,nodes'

it('gives each list of objects a bound and a cost', () => {
  const wrong = fields.filter(({ owner, field }) => {
    // The rows of a page are counted by the page.
    if (!isList(field) || isLeafType(getNamedType(field.type)) || isPage(owner)) return false
    const cost = fieldCost(field)
    return !(cost.weight > 0 && assumedListSize(cost, {}) > 0 && cost.listSize !== undefined)
  })
  expect(wrong.map(({ name }) => name)).toEqual([])
})

it('gives each list of JSON a bound and a cost, and lets texts be free', () => {
  const wrong = fields.filter(({ field }) => {
    const { weight, listSize } = fieldCost(field)
    return isList(field) && getNamedType(field.type).name === 'JSON' && !(weight > 0 && listSize !== undefined)
  })
  expect(wrong.map(({ name }) => name)).toEqual([])
})

it('says of each list that it takes how long it may be', () => {
  // The values of an enum are few.
  const states = /at most|up to|\d+ to \d+/i
  const args = fields.flatMap(({ name, field }) =>
    field.args.map((arg) => ({ name: `${name}(${arg.name}:)`, type: arg.type, text: `${arg.description} ${field.description}` })),
  )
  const inputs = types.flatMap((type) =>
    isInputObjectType(type)
      ? Object.values(type.getFields()).map((field) => ({
          name: `${type.name}.${field.name}`,
          type: field.type,
          text: String(field.description),
        }))
      : [],
  )
  const silent = [...args, ...inputs].filter((one) => isList(one) && !isEnumType(getNamedType(one.type)) && !states.test(one.text))
  expect(silent.map(({ name }) => name)).toEqual([])
})
