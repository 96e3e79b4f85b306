import type { InputFieldMap, InputFieldRef, InputShapeFromFields, MaybePromise, ShapeFromTypeParam, TypeParam } from '@pothos/core'
import type { GraphQLInputObjectType, GraphQLResolveInfo } from 'graphql'
import type { Actor } from '../auth/actor.ts'
import type { Scope } from '../auth/scopes.ts'
import { ChangeRequestError, gateErrors, PolicyConflictError } from '../commands/approvalGate.ts'
import type { Command, CommandResult } from '../commands/command.ts'
import { executeCommand, PlannedElsewhere, planElsewhere } from '../commands/execute.ts'
import { findLink, LinkedReadOnlyError, type LinkedThing, readOnlyError } from '../commands/linkedProject.ts'
import { defineCommand } from '../commands/registry.ts'
import type { UpstreamAction } from '../commands/upstreamWriter.ts'
import type { Transaction } from '../database/client.ts'
import { type UnitOfWork, withTransaction } from '../database/transaction.ts'
import {
  DomainError,
  InvalidStateError,
  PermissionDeniedError,
  ResourceNotFoundError,
  ValidationError,
  VersionConflictError,
} from '../platform/domainErrors.ts'
import type { Logger } from '../platform/logger.ts'
import { requireScope, requiresScopeText, requireViewer } from './authorization.ts'
import { builder } from './builder.ts'
import { type Context, clearLoaders } from './context.ts'

type Types = typeof builder.$inferSchemaTypes
export type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>

/** Errors that mutations of several features return, by a short name. */
const sharedErrors = {
  gate: gateErrors,
  validation: [ValidationError],
  invalidState: [InvalidStateError],
}

/** Errors that PostHog can be the cause of, in mutations of what a link mirrors. */
const linkedErrors = [ValidationError, InvalidStateError, LinkedReadOnlyError, VersionConflictError]

interface MutationField<Type extends TypeParam<Types>, Fields extends InputFieldMap> {
  /** The name of the field and of the command. `<Name>Input` and `<Name>Result` follow from it. */
  name: string
  type: Type
  /** The scopes that a key needs. The description lists them. */
  scope: Scope | readonly [Scope, ...Scope[]]
  description: string
  /** The errors in addition to `PermissionDeniedError` and `NotFoundError`, which every result union contains. */
  errors: readonly (keyof typeof sharedErrors | (new (...args: never[]) => DomainError))[]
  inputDescription: string
  /** The description of the argument `input`. Default: `inputDescription`. */
  argumentDescription?: string
  input(t: InputFields): Fields
  /** The scopes that this input needs too. The descriptions of its fields name them. They are checked before anything is read. */
  inputScopes?(input: Record<string, unknown>): readonly Scope[]
}

/** A mutation of flags or experiments. It is a command: policies can guard it, and change requests replay it. */
interface CommandMutation<Row, Input, CommandInput> extends Command<CommandInput> {
  /** Builds the command's input, which a change request stores as JSON. Default: the input of the mutation. */
  toCommand?(context: Context, input: Input): MaybePromise<CommandInput>
  /** Loads the returned object after the write. */
  reload(context: Context, result: CommandResult): Promise<Row>
  act?: never
  each?: never
}

/** A mutation that no policy guards. */
interface ActionMutation<Row, Input> {
  /** Runs in one transaction. A thrown error rolls it back; a returned error keeps what was written. */
  act(unit: UnitOfWork, actor: Actor, input: Input, action: { name: string; log: Logger }): Promise<Row | DomainError>
  /** What it writes of a project that may be linked to PostHog. Missing if a link mirrors nothing of it. */
  linked?: LinkedWrites<Row, Input>
  /** Runs after the transaction. It gets what `act` returned, and returns what the mutation returns. */
  afterwards?(context: Context, actor: Actor, row: Row): Promise<Row>
  plan?: never
  each?: never
}

/** A mutation that talks to others, and so must not hold a transaction meanwhile. It makes its own. */
interface OutsideMutation<Row, Input> {
  outside(context: Context, actor: Actor, input: Input): Promise<Row>
  plan?: never
  act?: never
  each?: never
}

/** What a mutation without a plan writes of a linked project. */
export interface LinkedWrites<Row, Input> {
  /**
   * Finds the thing. `byPostHog` says that PostHog makes all checks, so that `act` is not run. Null if the thing is of this service alone.
   *
   * @throws ResourceNotFoundError if `byPostHog`, and the actor may not see the thing.
   */
  find(tx: Transaction, actor: Actor, input: Input): Promise<{ projectId: number; thing: LinkedThing; byPostHog?: boolean } | null>
  /** Loads what the mutation returns, after PostHog made the change. `planned` is what `act` would have returned. */
  reload(context: Context, id: number, planned: Row | null): Promise<Row>
  /** Gives a refusal of PostHog a type of the mutation. */
  explain?(context: Context, error: unknown, id: number): Promise<unknown>
}

/** Runs a command in a transaction of its own, or stores it as a change request. Throws a `DomainError` if the change was not made. */
export type RunCommand = <CommandInput>(command: Command<CommandInput>, input: CommandInput) => Promise<CommandResult>

/** A mutation of several commands. Each is a transaction of its own, which policies can guard, and fails by itself. */
interface CommandsMutation<Row, Input> {
  each(context: Context, input: Input, run: RunCommand): Promise<Row>
  plan?: never
  act?: never
}

/**
 * Defines a mutation: its field, input type and result union, and its command if it has a `plan`.
 * List `input` first, then `toCommand`, then `plan`: TypeScript infers their types in this order.
 */
export function defineMutation<Type extends TypeParam<Types>, Fields extends InputFieldMap, CommandInput = InputShapeFromFields<Fields>>(
  mutation: MutationField<Type, Fields> &
    (
      | CommandMutation<ShapeFromTypeParam<Types, Type, false>, InputShapeFromFields<Fields>, CommandInput>
      | ActionMutation<ShapeFromTypeParam<Types, Type, false>, InputShapeFromFields<Fields>>
      | CommandsMutation<ShapeFromTypeParam<Types, Type, false>, InputShapeFromFields<Fields>>
      | OutsideMutation<ShapeFromTypeParam<Types, Type, false>, InputShapeFromFields<Fields>>
    ),
): void {
  const { name, type, description, errors, inputDescription } = mutation
  const scopes = [mutation.scope].flat() as [Scope, ...Scope[]]
  const typePrefix = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const inputType = builder.inputType(`${typePrefix}Input`, { description: inputDescription, fields: mutation.input })
  if (mutation.plan !== undefined) defineCommand(mutation)

  const writesLinked = mutation.plan !== undefined || mutation.each !== undefined || ('linked' in mutation && mutation.linked !== undefined)
  const errorTypes = [
    ...new Set<unknown>([
      ...errors.flatMap((error): readonly unknown[] => (typeof error === 'string' ? sharedErrors[error] : [error])),
      ...(writesLinked ? linkedErrors : []),
      PermissionDeniedError,
      ResourceNotFoundError,
    ]),
  ]

  builder.mutationField(name, (t) =>
    t.field({
      type,
      description: `${description}\n\n${requiresScopeText(...scopes)}`,
      cost: 10,
      args: { input: t.arg({ type: inputType, required: true, description: mutation.argumentDescription ?? inputDescription }) },
      authScopes: { scopes },
      errors: {
        types: errorTypes,
        union: { name: `${typePrefix}Result`, description: `The result of \`${name}\`, or an error that implements \`Error\`.` },
      } as never,
      // TypeScript cannot check Pothos's types through these type parameters. The type of `mutation` checks the callers.
      resolve: (async (_root: unknown, args: { input: Record<string, unknown> }, context: Context, info: GraphQLResolveInfo) => {
        for (const scope of mutation.inputScopes?.(args.input) ?? []) requireScope(context, scope)
        const parsedType = info.schema.getType(inputType.name) as GraphQLInputObjectType
        const input = (await parseIds(parsedType, args.input, context)) as InputShapeFromFields<Fields>
        try {
          if ('outside' in mutation) return await runOutside(context, mutation, input)
          if (mutation.each !== undefined) return await runCommands(context, mutation, input)
          return await (mutation.plan === undefined ? runAction(context, mutation, input) : runCommand(context, mutation, input))
        } catch (error) {
          throw errorTypes.includes((error as Error).constructor) ? error : toKnownError(error)
        }
      }) as never,
    }),
  )
}

async function runCommand<Row, Input, CommandInput>(
  context: Context,
  mutation: CommandMutation<Row, Input, CommandInput>,
  input: Input,
): Promise<Row> {
  const commandInput = mutation.toCommand === undefined ? (input as unknown as CommandInput) : await mutation.toCommand(context, input)
  const result = await executeCommand(context, toActor(context), mutation, commandInput)
  clearLoaders(context)
  return mutation.reload(context, result)
}

async function runCommands<Row, Input>(context: Context, mutation: CommandsMutation<Row, Input>, input: Input): Promise<Row> {
  const actor = toActor(context)
  const row = await mutation.each(context, input, (command, commandInput) => executeCommand(context, actor, command, commandInput))
  clearLoaders(context)
  return row
}

async function runOutside<Row, Input>(context: Context, mutation: OutsideMutation<Row, Input>, input: Input): Promise<Row> {
  const row = await mutation.outside(context, toActor(context), input)
  clearLoaders(context)
  return row
}

type PlannedAction<Row> = Omit<UpstreamAction, 'actor' | 'name' | 'input'> & { row: Row | null }

async function runAction<Row, Input>(
  context: Context,
  mutation: ActionMutation<Row, Input> & { name: string },
  input: Input,
): Promise<Row> {
  const actor = toActor(context)
  const { name, linked } = mutation
  const outcome = await planElsewhere<{ row: Row | DomainError }, PlannedAction<Row>>(() =>
    withTransaction(context.database, async (unit) => {
      const act = () => mutation.act(unit, actor, input, { name, log: context.log })
      const found = (await linked?.find(unit.tx, actor, input)) ?? null
      const link = found === null ? null : await findLink(unit.tx, found.projectId)
      if (found === null || link === null) return { row: await act() }
      // The checks come first: who may not see a thing is not told where it is.
      const row = found.byPostHog === true ? null : await act()
      if (row instanceof DomainError) throw row
      if (link.mode === 'mirror') throw await readOnlyError(unit.tx, link, found.thing, null)
      throw new PlannedElsewhere({ link, thing: found.thing, planned: row as object | null, row })
    }),
  )
  if ('link' in outcome) {
    return sendAction(context, actor, { name, linked: linked as LinkedWrites<Row, Input> }, input, outcome)
  }
  if (outcome.row instanceof DomainError) throw outcome.row
  const row = mutation.afterwards === undefined ? outcome.row : await mutation.afterwards(context, actor, outcome.row)
  clearLoaders(context)
  return row
}

async function sendAction<Row, Input>(
  context: Context,
  actor: Actor,
  { name, linked }: { name: string; linked: LinkedWrites<Row, Input> },
  input: Input,
  { row, ...planned }: PlannedAction<Row>,
): Promise<Row> {
  try {
    const id = await context.upstream.act({ ...planned, actor, name, input: input as object })
    clearLoaders(context)
    return await linked.reload(context, id, row)
  } catch (error) {
    throw linked.explain === undefined ? error : await linked.explain(context, error, planned.thing.id ?? 0)
  }
}

/** PostHog can refuse what this service would not, with an error that the union of the mutation does not have. */
function toKnownError(error: unknown): unknown {
  if (error instanceof ChangeRequestError)
    return new InvalidStateError(`${error.message} See change request ${error.changeRequest.id}.`, error.code)
  if (error instanceof PolicyConflictError) return new InvalidStateError(error.message, error.code)
  return error
}

type ParseId<Value> = (id: string, context: Context) => MaybePromise<Value>

/** A required id of an input type. The mutation receives the parsed value instead. */
export function parsedIdInput<Value>(t: InputFields, description: string, parse: ParseId<Value>): InputFieldRef<Types, Value> {
  return t.id({ required: true, description, extensions: { parse } }) as unknown as InputFieldRef<Types, Value>
}

async function parseIds(type: GraphQLInputObjectType, input: Record<string, unknown>, context: Context): Promise<object> {
  const parsed = { ...input }
  for (const { name, extensions } of Object.values(type.getFields())) {
    const parse = extensions.parse as ParseId<unknown> | undefined
    if (parse !== undefined) parsed[name] = await parse(String(input[name]), context)
  }
  return parsed
}

/** The viewer as the actor of a write. */
function toActor(context: Context): Actor {
  const { user, organizations, scopedProjects, scopedOrganizations, keyId, keyMask } = requireViewer(context)
  return { user, organizations, scopedProjects, scopedOrganizations, keyId, keyMask, now: context.now }
}
