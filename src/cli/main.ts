import { CommanderError } from 'commander'
import { watchOutput } from '../platform/program/watchOutput.ts'
import { createProgram } from './program.ts'
import { usageExitCode } from './reportFailure.ts'

// The program for operators: `npm run keys -- list` and `experiments-graph keys list` run `main.ts keys list`.

watchOutput((message) => {
  console.error(message)
  process.exitCode = 1
})

const args = process.argv.slice(2)
const [first, second] = args
// `help keys` names a command too, and a completion knows the options of all.
const program = await createProgram((name) => first === name || first === 'completion' || (first === 'help' && second === name))
try {
  await program.parseAsync(args, { from: 'user' })
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode ??= error.exitCode === 0 ? 0 : usageExitCode
}
