// Generates files of the examples from schema.graphql: the types of typed-client, and the possible types of unions and interfaces for
// Apollo Client.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { generate } from '@graphql-codegen/cli'
import { preset } from '@graphql-codegen/client-preset'
import { buildSchema, isAbstractType } from 'graphql'
import config from '../../examples/typed-client/codegen.ts'

// The paths in codegen.ts are relative to the example. The preset that it names is installed in tools/.
process.chdir(fileURLToPath(new URL('../../examples/typed-client', import.meta.url)))
const generates = Object.fromEntries(Object.entries(config.generates).map(([path, output]) => [path, { ...output, preset }]))
await generate({ ...config, generates, silent: true }, true)

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'), { assumeValidSDL: true })
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter((type) => isAbstractType(type))
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
)
const file = new URL('../../examples/apollo-client/generated/possibleTypes.ts', import.meta.url)
writeFileSync(file, `// Generated from schema.graphql.\nexport const possibleTypes = ${JSON.stringify(possibleTypes, null, 2)}\n`)
