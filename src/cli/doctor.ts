import { Command } from 'commander'
import { systemClock } from '../platform/clock.ts'
import { type Config, readConfig, settingNames } from '../platform/config.ts'
import { OperatorError } from '../platform/operatorError.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import type { Finding } from './doctor/finding.ts'
import { checkNode, checkSettings } from './doctor/hostChecks.ts'
import { lookAround } from './doctor/look.ts'
import { reportFailure } from './reportFailure.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'

export const command = new Command('doctor')
  .description(
    'Checks the settings, Node, the database with its migrations, indexes and clock, Redis, links, the disk, ports and demo data. It says what ' +
      'to do about each problem. It changes nothing. The exit code is 1 if there is a problem.',
  )
  .addOption(jsonOption())
  .addHelpText('after', `\nExample: DATABASE_URL=postgres://localhost/experiments ${typedCommand('doctor')}`)
  .action((options: JsonOption) =>
    reportFailure('doctor', async () => {
      const { config, error } = readSettings()
      const findings = [
        checkSettings(error, Object.keys(process.env), settingNames),
        checkNode(process.versions.node),
        ...(config === null ? [] : await lookAround(config, systemClock)),
      ]
      printResult(options, { healthy: !findings.some(isProblem), findings }, findings.map(toText).join('\n'))
      if (findings.some(isProblem)) process.exitCode = 1
    }),
  )

const isProblem = ({ level }: Finding) => level === 'problem'

const toText = ({ check, level, seen, advice }: Finding) =>
  [`${level.padEnd(7)}  ${check}: ${seen}`, ...(advice === null ? [] : [advice])].join('\n         ')

/** Without valid settings, nothing else can be looked at. */
function readSettings(): { config: Config | null; error: string | null } {
  try {
    return { config: readConfig(), error: null }
  } catch (error) {
    if (error instanceof OperatorError) return { config: null, error: error.message }
    throw error
  }
}
