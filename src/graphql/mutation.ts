import type { Actor } from '../auth/actor.ts'
import type { Command, CommandResult } from '../commands/command.ts'
import { executeCommand } from '../commands/execute.ts'
import { gateErrors } from '../features/approvals/errorTypes.ts'
import { InvalidStateError, PermissionDeniedError, ResourceNotFoundError, ValidationError } from '../platform/domainErrors.ts'
import { requireViewer } from './authorization.ts'
import { type Context, clearLoaders } from './context.ts'

/** Does an operation for the viewer, through the gate: what the resolver of a mutation calls. */
export async function runCommand<Input>(context: Context, command: Command<Input>, input: Input): Promise<CommandResult> {
  const result = await executeCommand(context.db, toActor(context), command, input)
  clearLoaders(context)
  return result
}

/** The viewer, as the one in whose name something is written. */
export function toActor(context: Context): Actor {
  const { user, organizations, scopedProjects, scopedOrganizations, keyMask } = requireViewer(context)
  return { user, organizations, scopedProjects, scopedOrganizations, keyMask, now: context.now }
}

/** What a mutation can refuse with, beside `PermissionDeniedError` and `NotFoundError`, which every one can. */
type MutationErrorKind = 'gate' | 'validation' | 'invalidState'

/** The `errors` of a mutation's field: the members of its union beside the entity. */
export function mutationErrors(name: string, ...kinds: MutationErrorKind[]) {
  return {
    types: [
      ...(kinds.includes('gate') ? gateErrors : []),
      ...(kinds.includes('validation') ? [ValidationError] : []),
      ...(kinds.includes('invalidState') ? [InvalidStateError] : []),
      PermissionDeniedError,
      ResourceNotFoundError,
    ],
    ...resultUnionOptions(name),
  }
}

/** A mutation's union, named after it. */
export function resultUnionOptions(name: string) {
  return {
    directResult: true as const,
    union: {
      name: `${name.charAt(0).toUpperCase()}${name.slice(1)}Result`,
      description: `What \`${name}\` answers: what was asked for, or why not.`,
    },
  }
}
