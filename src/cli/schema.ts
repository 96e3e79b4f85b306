import { writeFile } from 'node:fs/promises'
import { printSubgraphSchema } from '@apollo/subgraph'
import { Command, Option } from 'commander'
import { buildSchema, isInputObjectType, printSchema } from 'graphql'
import { errorMessage, explainSystemError, OperatorError } from '../platform/operatorError.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { schema } from '../schema/schema.ts'
import { reportFailure } from './reportFailure.ts'
import { compareSchemas, fetchSchema } from './schemaDiff.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'

export const command = new Command('schema')
  .description('Prints the schema of this version, or compares it with that of a server.')
  .addHelpText('after', `\nExample: ${typedCommand('schema clients my-app/schema.graphql')}`)

command
  .command('print')
  .description('Prints the schema, with the directives for gateways.')
  .argument('[file]', 'the file to write; default: standard output')
  .action((file?: string) => reportFailure('schema print', () => write(printSubgraphSchema(schema), file)))

command
  .command('clients')
  .description('Prints the schema without the directives for gateways (@link, @key, @shareable), for client tools that do not know them.')
  .argument('[file]', 'the file to write, such as my-app/schema.graphql; default: standard output')
  .action((file?: string) =>
    reportFailure('schema clients', () =>
      write(printSchema(buildSchema(withOneOf(printSubgraphSchema(schema)), { assumeValidSDL: true })), file),
    ),
  )

command
  .command('diff')
  .description(
    'Says what changes for the clients of a server once it runs this version. The exit code is 1 if a change breaks clients. ' +
      'The server must allow introspection.',
  )
  .argument('<url>', 'where the server answers, such as https://graph.example.com/graphql')
  .addOption(new Option('--key <key>', 'an API key of the server').env('GRAPHQL_KEY'))
  .addOption(jsonOption())
  .addHelpText('after', `\nExample: GRAPHQL_KEY=phx_… ${typedCommand('schema diff https://graph.example.com/graphql')}`)
  .action((url: string, { key, ...options }: { key?: string } & JsonOption) =>
    reportFailure('schema diff', async () => {
      const { breaking, dangerous } = compareSchemas(await fetchSchema(url, key), schema)
      const list = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)])
      const text = [...list('Breaks clients:', breaking), ...list('Can surprise clients:', dangerous)].join('\n')
      printResult(options, { breaking, dangerous }, text || 'No change breaks or surprises the clients of the server.')
      if (breaking.length > 0) process.exitCode = 1
    }),
  )

async function write(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) console.log(text)
  else {
    await writeFile(file, `${text}\n`).catch((error: unknown) => {
      throw new OperatorError(explainSystemError(error, file) ?? errorMessage(error))
    })
  }
}

/** Marks the input types that take exactly one field. Composers of supergraphs do not know the directive yet. */
function withOneOf(sdl: string): string {
  const types = Object.values(schema.getTypeMap()).filter((type) => isInputObjectType(type) && type.isOneOf)
  return types.reduce((marked, { name }) => marked.replace(`\ninput ${name} {`, `\ninput ${name} @oneOf {`), sdl)
}
