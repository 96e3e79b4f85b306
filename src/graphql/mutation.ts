import type { Actor } from '../auth/actor.ts'
import type { Operation, Written } from '../commands/command.ts'
import { perform } from '../commands/execute.ts'
import { gateRefusals } from '../features/approvals/gateErrorTypes.ts'
import { InvalidStateRefusal, NotFoundRefusal, PermissionDeniedRefusal, ValidationRefusal } from '../platform/domainErrors.ts'
import { requireViewer } from './authorization.ts'
import { type Context, forgetReads } from './context.ts'

/** Does an operation for the viewer, through the gate: what the resolver of a mutation calls. */
export async function write<Input>(context: Context, operation: Operation<Input>, input: Input): Promise<Written> {
  const written = await perform(context.db, actorOf(context), operation, input)
  forgetReads(context)
  return written
}

/** The viewer, as the one in whose name something is written. */
export function actorOf(context: Context): Actor {
  const { user, organizations, scopedProjects, scopedOrganizations, keyMask } = requireViewer(context)
  return { user, organizations, scopedProjects, scopedOrganizations, keyMask, now: context.now }
}

/** What a mutation can refuse with, beside `PermissionDeniedError` and `NotFoundError`, which every one can. */
type Refusals = 'gate' | 'validation' | 'invalidState'

/** The `errors` of a mutation's field: the members of its union beside the entity. */
export function refusalsOf(name: string, ...kinds: Refusals[]) {
  return {
    types: [
      ...(kinds.includes('gate') ? gateRefusals : []),
      ...(kinds.includes('validation') ? [ValidationRefusal] : []),
      ...(kinds.includes('invalidState') ? [InvalidStateRefusal] : []),
      PermissionDeniedRefusal,
      NotFoundRefusal,
    ],
    ...resultUnion(name),
  }
}

/** A mutation's union, named after it. */
export function resultUnion(name: string) {
  return {
    directResult: true as const,
    union: {
      name: `${name.charAt(0).toUpperCase()}${name.slice(1)}Result`,
      description: `What \`${name}\` answers: what was asked for, or why not.`,
    },
  }
}
