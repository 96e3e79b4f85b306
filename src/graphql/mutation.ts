import type { InputFieldMap, InputFieldRef, InputShapeFromFields, MaybePromise, ShapeFromTypeParam, TypeParam } from '@pothos/core'
import type { GraphQLInputObjectType, GraphQLResolveInfo } from 'graphql'
import type { Actor } from '../auth/actor.ts'
import type { Scope } from '../auth/scopes.ts'
import { gateErrors } from '../commands/approvalGate.ts'
import type { Command, CommandResult } from '../commands/command.ts'
import { executeCommand } from '../commands/execute.ts'
import { defineCommand } from '../commands/registry.ts'
import { type UnitOfWork, withTransaction } from '../database/transaction.ts'
import { DomainError, InvalidStateError, PermissionDeniedError, ResourceNotFoundError, ValidationError } from '../platform/domainErrors.ts'
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
}

/** A mutation of flags or experiments. It is a command: policies can guard it, and change requests replay it. */
interface CommandMutation<Row, Input, CommandInput> extends Command<CommandInput> {
  /** Builds the command's input, which a change request stores as JSON. Default: the input of the mutation. */
  toCommand?(context: Context, input: Input): MaybePromise<CommandInput>
  /** Loads the returned object after the write. */
  reload(context: Context, result: CommandResult): Promise<Row>
  act?: never
}

/** A mutation that no policy guards. */
interface ActionMutation<Row, Input> {
  /** Runs in one transaction. A thrown error rolls it back; a returned error keeps what was written. */
  act(unit: UnitOfWork, actor: Actor, input: Input, action: { name: string; log: Logger }): Promise<Row | DomainError>
  plan?: never
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
    ),
): void {
  const { name, type, description, errors, inputDescription } = mutation
  const scopes = [mutation.scope].flat() as [Scope, ...Scope[]]
  const typePrefix = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const inputType = builder.inputType(`${typePrefix}Input`, { description: inputDescription, fields: mutation.input })
  if (mutation.plan !== undefined) defineCommand(mutation)

  builder.mutationField(name, (t) =>
    t.field({
      type,
      description: `${description}\n\n${requiresScopeText(...scopes)}`,
      args: { input: t.arg({ type: inputType, required: true, description: mutation.argumentDescription ?? inputDescription }) },
      authScopes: (_root: unknown, _args: unknown, context: Context) => scopes.every((scope) => requireScope(context, scope)),
      errors: {
        types: [
          ...errors.flatMap((error) => (typeof error === 'string' ? sharedErrors[error] : [error])),
          PermissionDeniedError,
          ResourceNotFoundError,
        ],
        union: { name: `${typePrefix}Result`, description: `The result of \`${name}\`, or an error that implements \`Error\`.` },
      } as never,
      // TypeScript cannot check Pothos's types through these type parameters. The type of `mutation` checks the callers.
      resolve: (async (_root: unknown, args: { input: Record<string, unknown> }, context: Context, info: GraphQLResolveInfo) => {
        const parsedType = info.schema.getType(inputType.name) as GraphQLInputObjectType
        const input = (await parseIds(parsedType, args.input, context)) as InputShapeFromFields<Fields>
        return mutation.plan === undefined ? runAction(context, mutation, input) : runCommand(context, mutation, input)
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
  const result = await executeCommand(context, context.approvalGate, toActor(context), mutation, commandInput)
  clearLoaders(context)
  return mutation.reload(context, result)
}

async function runAction<Row, Input>(
  context: Context,
  mutation: ActionMutation<Row, Input> & { name: string },
  input: Input,
): Promise<Row> {
  const actor = toActor(context)
  const outcome = await withTransaction(context, (unit) => mutation.act(unit, actor, input, { name: mutation.name, log: context.log }))
  if (outcome instanceof DomainError) throw outcome
  clearLoaders(context)
  return outcome
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
  const { user, organizations, scopedProjects, scopedOrganizations, keyMask } = requireViewer(context)
  return { user, organizations, scopedProjects, scopedOrganizations, keyMask, now: context.now }
}
