// Generates the types and documents of the web page from schema.graphql and the operations of web/src/.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { generate } from '@graphql-codegen/cli'
import { preset } from '@graphql-codegen/client-preset'
import config from '../../web/codegen.ts'

// The paths in codegen.ts are relative to web/. The preset that it names is installed in tools/.
process.chdir(fileURLToPath(new URL('../../web', import.meta.url)))
const generates = Object.fromEntries(Object.entries(config.generates).map(([path, output]) => [path, { ...output, preset }]))
await generate({ ...config, generates, silent: true }, true)
// A second copy of all operations, for calls of a function that the page does not use.
rmSync('src/generated/gql.ts')
