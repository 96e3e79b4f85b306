import { Option } from 'commander'

/** The options of a command that prints data. */
export interface JsonOption {
  json?: true | undefined
}

export const jsonOption = () => new Option('--json', 'prints the result as one JSON document')

/** Prints what a command found: for programs as one JSON document, and for people as text. Null: people are told otherwise. */
export function printResult({ json }: JsonOption, value: unknown, text: string | null): void {
  if (json) console.log(JSON.stringify(value, null, 2))
  else if (text !== null) console.log(text)
}
