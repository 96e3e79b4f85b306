import { readFileSync } from 'node:fs'
import { printSubgraphSchema } from '@apollo/subgraph'
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../../src/schema/schema.ts'

const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))

it('is the schema that is committed', () => {
  expect(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')).toBe(`${printSubgraphSchema(schema)}\n`)
})

it('describes everything that is public', () => {
  expect(types.flatMap(parts).filter(([, description]) => !description?.trim())).toEqual([])
})

it('is sorted', () => {
  const names = types.map(({ name }) => name)
  expect(names).toEqual([...names].sort())
})

/** Everything in a type that a reader meets, with its description. */
function parts(type: GraphQLNamedType): [string, string | null | undefined][] {
  const inside: {
    name: string
    description?: string | null | undefined
    args?: readonly { name: string; description?: string | null | undefined }[]
  }[] =
    isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
      ? Object.values(type.getFields())
      : isEnumType(type)
        ? [...type.getValues()]
        : []
  return [
    [type.name, type.description],
    ...inside.flatMap(({ name, description, args = [] }): [string, string | null | undefined][] => [
      [`${type.name}.${name}`, description],
      ...args.map((arg): [string, string | null | undefined] => [`${type.name}.${name}(${arg.name}:)`, arg.description]),
    ]),
  ]
}
