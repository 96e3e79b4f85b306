import type { Command } from './command.ts'

const commands = new Map<string, Command<unknown>>()

/** Registers a command by its name, so that its change requests can be applied. */
export function defineCommand<Input>(definition: Command<Input>): Command<Input> {
  commands.set(definition.name, definition as Command<unknown>)
  return definition
}

/** Returns the command with this name. Null if there is none, for example because it was removed. */
export function findCommand(name: string): Command<unknown> | null {
  return commands.get(name) ?? null
}
