import { writeFileSync } from 'node:fs'
import { printSubgraphSchema } from '@apollo/subgraph'
import { Command } from 'commander'
import { buildSchema, printSchema } from 'graphql'
import { schema } from '../schema/schema.ts'

export const command = new Command('npm run schema:clients --')
  .description('Writes the schema into a file.')
  .argument('<file>', 'the file to write, such as my-app/schema.graphql')
  .option('--clients', 'leave out the directives for gateways (@link, @key, @shareable), for client tools that do not know them')
  .action((file: string, { clients }: { clients?: true }) => {
    const sdl = printSubgraphSchema(schema)
    writeFileSync(file, `${clients ? printSchema(buildSchema(sdl, { assumeValidSDL: true })) : sdl}\n`)
  })
