import { locatedError } from 'graphql'
import type { ExecutionState, FieldPlan, Path } from './fieldPlan.ts'

/** The value of a field that threw. Each error of an AggregateError is reported. */
export function handleThrown(state: ExecutionState, { nodes, nullable }: FieldPlan, path: Path, thrown: unknown): unknown {
  if (!(thrown instanceof AggregateError)) return handleFieldError(state, nodes, nullable, path, thrown)
  let value: unknown
  for (const error of thrown.errors) value = handleFieldError(state, nodes, nullable, path, error)
  return value
}

/** Records the error and returns null at a nullable position. Otherwise rethrows the error, for the parent. */
export function handleFieldError(state: ExecutionState, nodes: FieldPlan['nodes'], nullable: boolean, path: Path, thrown: unknown): null {
  // Nothing more is added to an answer that is too large. No field can be null instead.
  if (state.size.error !== null) throw state.size.error
  const error = locatedError(thrown instanceof Error ? thrown : toError(thrown), nodes, pathToArray(path))
  if (!nullable) throw error
  state.errors.push(error)
  return null
}

function toError(thrown: unknown): Error {
  const message = typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown
  return new Error(String(message))
}

function pathToArray(path: Path): (string | number)[] {
  const keys: (string | number)[] = []
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) keys.push(at.key)
  return keys.reverse()
}

export function nonNullViolation({ parentType, definition }: FieldPlan): never {
  throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${definition.name}.`)
}
