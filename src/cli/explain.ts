import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import { type DocumentNode, GraphQLError, getOperationAST, OperationTypeNode, parse, validate } from 'graphql'
import { ensureDemo } from '../features/demo/ensureDemo.ts'
import type { RequestActivity, Statement } from '../platform/activity.ts'
import { systemClock } from '../platform/clock.ts'
import { type Config, readConfig } from '../platform/config.ts'
import { isObject } from '../platform/json.ts'
import { createLogger } from '../platform/logger.ts'
import { errorMessage, explainSystemError, OperatorError } from '../platform/operatorError.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { schema } from '../schema/schema.ts'
import { createServer } from '../server/createServer.ts'
import { type OperationCost, operationCost } from '../server/limits/operationCost.ts'
import { reportFailure } from './reportFailure.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'
import { UsageError } from './usageError.ts'
import { withDatabase } from './withDatabase.ts'

interface ExplainOptions extends JsonOption {
  variables?: string
  operation?: string
  key?: string
  costOnly?: true
}

/** An operation to explain. */
interface Operation {
  query: string
  document: DocumentNode
  name: string | null
  kind: OperationTypeNode
  variables: Record<string, unknown>
}

interface SentStatements {
  count: number
  durationMs: number
  /** The first hundred. */
  first: Pick<Statement, 'sql' | 'durationMs'>[]
}

export const command = new Command('explain')
  .description(
    'Says what an operation costs, and which SQL statements a query sends. The query runs once, with an API key. ' +
      'Mutations and subscriptions are only costed, and never run.',
  )
  .argument('<file>', 'the file with the operation; - for standard input')
  .option('--variables <file>', 'a JSON file with the variables')
  .option('--operation <name>', 'the operation, if the file has several')
  .option('--cost-only', 'does not run the query, and opens no database')
  .addOption(new Option('--key <key>', 'the API key that the query runs with; default: that of the demo data').env('GRAPHQL_KEY'))
  .addOption(jsonOption())
  .addHelpText('after', `\nExample: echo '{ stats(projectId: 1) { activeExperiments } }' | ${typedCommand('explain -')}`)
  .action((file: string, options: ExplainOptions) =>
    options.costOnly
      ? reportFailure('explain', async () => report(options, await readOperation(file, options), readConfig(), null))
      : explainWithDatabase(file, options),
  )

const missingKey = 'Set GRAPHQL_KEY to an API key that the query runs with, or add --cost-only.'

async function explainWithDatabase(file: string, options: ExplainOptions): Promise<void> {
  let operation: Operation | undefined
  // Before the database is opened, because a wrong operation needs none.
  await reportFailure('explain', async () => {
    const config = readConfig()
    const read = await readOperation(file, options)
    if (read.kind !== OperationTypeNode.QUERY) return report(options, read, config, null)
    if (options.key === undefined && !config.demoData) throw new UsageError(missingKey)
    operation = read
  })
  if (operation === undefined) return
  const query = operation
  const requests: RequestActivity[] = []
  const observer = { onRequest: (request: RequestActivity) => void requests.push(request) }
  await withDatabase(
    'explain',
    async (database, config) => {
      const demo = options.key === undefined && config.demoData ? await ensureDemo(database, config.dataDir, systemClock()) : null
      const key = options.key ?? demo?.key
      if (key === undefined) throw new UsageError(missingKey)
      const server = createServer({
        ...{ database, clock: systemClock, log: createLogger(config), demoKey: null, observer },
        config: { ...config, ...noLimits },
      })
      try {
        // A server does some things only at its start, or once an hour. They are not of the query.
        await run(server, { query: '{ __typename }', name: null, variables: {} }, key)
        requests.length = 0
        await run(server, query, key)
      } finally {
        await server.stopListening()
        await server.dispose()
      }
      const [activity] = requests.flatMap(({ operations }) => operations)
      const { count = 0, durationMs = 0, kept = [] } = activity?.statements ?? {}
      report(options, query, config, { count, durationMs, first: kept.map(({ sql, durationMs }) => ({ sql, durationMs })) })
    },
    { demo: false, observer },
  )
}

/** The query is to be explained, however large it is, and counts for nobody. */
const noLimits = {
  ...{ redisUrl: null, maxOperationCost: 1_000_000_000, trustedDocumentsOnly: false },
  ...{ rateLimitPerMinute: 0, rateLimitPerHour: 0, costLimitPerMinute: 0, anonymousLimitPerMinute: 0 },
} satisfies Partial<Config>

async function run(
  server: ReturnType<typeof createServer>,
  { query, name, variables }: Pick<Operation, 'query' | 'name' | 'variables'>,
  key: string,
): Promise<void> {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables, ...(name === null ? {} : { operationName: name }) }),
  })
  const { errors = [] } = (await response.json()) as { errors?: { message: string }[] }
  // Its statements would not be those of the query.
  if (errors.length > 0) throw new OperatorError(`The query failed: ${errors.map(({ message }) => message).join(' ')}`)
}

async function readOperation(file: string, options: ExplainOptions): Promise<Operation> {
  const query = file === '-' ? await readAll(process.stdin) : await readInput(file)
  const document = parseDocument(query, file)
  const operation = getOperationAST(document, options.operation)
  if (!operation) {
    throw new UsageError(
      options.operation === undefined
        ? `${file} has no operation, or several. Name one with --operation.`
        : `${file} has no operation ${options.operation}.`,
    )
  }
  const variables = options.variables === undefined ? {} : parseVariables(await readInput(options.variables), options.variables)
  return { query, document, name: options.operation ?? null, kind: operation.operation, variables }
}

function parseDocument(query: string, file: string): DocumentNode {
  try {
    const document = parse(query, { maxTokens: 100_000 })
    const errors = validate(schema, document)
    if (errors.length > 0) throw new OperatorError(errors.map((error) => describeError(error, file)).join('\n'))
    return document
  } catch (error) {
    if (error instanceof GraphQLError) throw new OperatorError(describeError(error, file))
    throw error
  }
}

function describeError({ message, locations }: GraphQLError, file: string): string {
  const [place] = locations ?? []
  return `${file}${place === undefined ? '' : `:${place.line}:${place.column}`}: ${message}`
}

async function readInput(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new OperatorError(explainSystemError(error, file) ?? errorMessage(error))
  })
}

function parseVariables(json: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    if (isObject(value)) return value
  } catch {}
  throw new OperatorError(`${file} must hold the variables as one JSON object, such as {"projectId": 1}.`)
}

function report(options: ExplainOptions, operation: Operation, config: Config, statements: SentStatements | null): void {
  const { points, depth, mutations } = operationCost(schema, operation.document, operation.name, operation.variables)
  const { maxOperationCost, maxOperationDepth, costLimitPerMinute } = config
  const cost = { points, depth, mutations, maxOperationCost, maxOperationDepth, costLimitPerMinute }
  const text = [...describeCost(cost), ...describeStatements(operation.kind, statements)].join('\n')
  printResult(options, { kind: operation.kind, cost, statements }, text)
}

function describeCost({ points, depth, ...limits }: Pick<OperationCost, 'points' | 'depth'> & Pick<Config, CostLimit>): string[] {
  const { maxOperationCost, maxOperationDepth, costLimitPerMinute } = limits
  const perMinute =
    costLimitPerMinute === 0 || points === 0 ? '' : ` A key may run it ${Math.floor(costLimitPerMinute / points)} times a minute.`
  return [
    `Cost: ${points} points, of at most ${maxOperationCost}.${points > maxOperationCost ? ' The service refuses it.' : perMinute}`,
    `Depth: ${depth}, of at most ${maxOperationDepth}.${depth > maxOperationDepth ? ' The service refuses it.' : ''}`,
  ]
}

type CostLimit = 'maxOperationCost' | 'maxOperationDepth' | 'costLimitPerMinute'

function describeStatements(kind: OperationTypeNode, statements: SentStatements | null): string[] {
  if (statements === null) return kind === OperationTypeNode.QUERY ? [] : [`Statements: not counted, because a ${kind} is not run.`]
  const { count, durationMs, first } = statements
  const more = count - first.length
  return [
    `Statements: ${count}, together ${durationMs.toFixed(1)} ms.`,
    ...first.flatMap(({ sql, durationMs }, index) => ['', `-- ${index + 1}: ${durationMs.toFixed(1)} ms`, sql.trim()]),
    ...(more > 0 ? ['', `… and ${more} more`] : []),
  ]
}
