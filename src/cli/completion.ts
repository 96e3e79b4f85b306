import { Argument, Command } from 'commander'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { reportFailure } from './reportFailure.ts'
import { allCommands, pathOf } from './terminal/commandTree.ts'
import { completionScript, type Shell, shells, type Word } from './terminal/completionScript.ts'

export const command = new Command('completion')
  .description('Prints a script with which a shell completes the commands and options of `experiments-graph`.')
  .addArgument(new Argument('<shell>', 'the shell').choices(shells))
  .addHelpText('after', `\nExample, for .bashrc: source <(${typedCommand('completion bash').replace('npm run', 'npm run -s')})`)
  .action((shell: Shell) =>
    reportFailure('completion', async () => {
      const places = allCommands(command.parent ?? command).map((each) => ({
        ...{ path: pathOf(each), words: wordsOf(each) },
        takesFiles: each.commands.length === 0 && each.registeredArguments.every(({ argChoices }) => argChoices === undefined),
      }))
      console.log(completionScript(shell, places))
    }),
  )

function wordsOf({ commands, options, registeredArguments }: Command): Word[] {
  return [
    ...registeredArguments.flatMap(({ argChoices = [], description }) => argChoices.map((text) => ({ text, description }))),
    ...commands.map((each) => ({ text: each.name(), description: each.summary() || each.description() })),
    ...options.flatMap(({ long, description }) => (long ? [{ text: long, description }] : [])),
    { text: '--help', description: 'shows what the command does' },
  ]
}
