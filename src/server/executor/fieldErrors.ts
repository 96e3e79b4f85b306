import { locatedError } from 'graphql'
import type { FieldPlan, Path, Run } from './fieldPlan.ts'

/** What a field answers whose resolver threw; several errors at once where it threw them all. */
export function failed(run: Run, { nodes, nullable }: FieldPlan, path: Path, thrown: unknown): unknown {
  if (!(thrown instanceof AggregateError)) return refused(run, nodes, nullable, path, thrown)
  let value: unknown
  for (const error of thrown.errors) value = refused(run, nodes, nullable, path, error)
  return value
}

/** Null, where that is allowed; else the error goes on to what is around. */
export function refused(run: Run, nodes: FieldPlan['nodes'], nullable: boolean, path: Path, thrown: unknown): null {
  const error = locatedError(thrown instanceof Error ? thrown : asError(thrown), nodes, pathToArray(path))
  if (!nullable) throw error
  run.errors.push(error)
  return null
}

function asError(thrown: unknown): Error {
  const message = typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown
  return new Error(String(message))
}

function pathToArray(path: Path): (string | number)[] {
  const keys: (string | number)[] = []
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) keys.push(at.key)
  return keys.reverse()
}

export function refuseNull({ parentType, definition }: FieldPlan): never {
  throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${definition.name}.`)
}
