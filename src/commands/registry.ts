import type { Command } from './command.ts'

const commands = new Map<string, Command<unknown>>()

/** An operation that is known by its name from now on, so that a change request of it can be applied. */
export function defineCommand<Input>(definition: Command<Input>): Command<Input> {
  commands.set(definition.name, definition as Command<unknown>)
  return definition
}

/** The operation of this name; null when there is none (any more). */
export function findCommand(name: string): Command<unknown> | null {
  return commands.get(name) ?? null
}
