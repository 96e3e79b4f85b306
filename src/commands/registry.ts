import type { Operation } from './command.ts'

const operations = new Map<string, Operation<unknown>>()

/** An operation that is known by its name from now on, so that a change request of it can be applied. */
export function operation<Input>(definition: Operation<Input>): Operation<Input> {
  operations.set(definition.name, definition as Operation<unknown>)
  return definition
}

/** The operation of this name; null when there is none (any more). */
export function operationNamed(name: string): Operation<unknown> | null {
  return operations.get(name) ?? null
}
