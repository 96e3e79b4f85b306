import { writeFile } from 'node:fs/promises'
import { printSubgraphSchema } from '@apollo/subgraph'
import { Command } from 'commander'
import { buildSchema, isInputObjectType, printSchema } from 'graphql'
import { errorMessage, explainSystemError, OperatorError } from '../platform/operatorError.ts'
import { schema } from '../schema/schema.ts'
import { reportFailure } from './reportFailure.ts'

export const command = new Command('npm run schema:clients --')
  .description('Writes the schema into a file.')
  .argument('<file>', 'the file to write, such as my-app/schema.graphql')
  .option('--clients', 'leave out the directives for gateways (@link, @key, @shareable), for client tools that do not know them')
  .action((file: string, { clients }: { clients?: true }) =>
    reportFailure(clients ? 'schema:clients' : 'schema', async () => {
      const sdl = printSubgraphSchema(schema)
      const text = `${clients ? printSchema(buildSchema(withOneOf(sdl), { assumeValidSDL: true })) : sdl}\n`
      await writeFile(file, text).catch((error: unknown) => {
        throw new OperatorError(explainSystemError(error, file) ?? errorMessage(error))
      })
    }),
  )

/** Marks the input types that take exactly one field. Composers of supergraphs do not know the directive yet. */
function withOneOf(sdl: string): string {
  const types = Object.values(schema.getTypeMap()).filter((type) => isInputObjectType(type) && type.isOneOf)
  return types.reduce((marked, { name }) => marked.replace(`\ninput ${name} {`, `\ninput ${name} @oneOf {`), sdl)
}
