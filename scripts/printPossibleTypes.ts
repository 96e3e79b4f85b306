// Writes, for Apollo Client, which types every union and interface of schema.graphql stands for.
import { readFileSync, writeFileSync } from 'node:fs'
import { buildSchema, isAbstractType } from 'graphql'

const schema = buildSchema(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'), { assumeValidSDL: true })
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter((type) => isAbstractType(type))
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
)
const file = new URL('../examples/apollo-client/generated/possibleTypes.ts', import.meta.url)
writeFileSync(file, `// Generated from schema.graphql.\nexport const possibleTypes = ${JSON.stringify(possibleTypes, null, 2)}\n`)
