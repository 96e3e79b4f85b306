import { Command } from 'commander'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { formatTable } from '../platform/table.ts'
import { exportProject } from '../posthog/export/exportProject.ts'
import { progressBar } from '../posthog/import/progress.ts'
import { interruptible, stoppable } from './terminal/interruptible.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'
import { withDatabase } from './withDatabase.ts'

export const command = new Command('export')
  .description(
    "Writes a project into a folder, as pages of PostHog's REST API: flags, experiments, what they name, and events. `import` reads " +
      'them. Approvals, the audit trail and API keys are not exported. Payloads of flags are exported as they are stored.',
  )
  .argument('<folder>', 'a folder that does not exist yet, or is empty')
  .requiredOption('--project <number>', 'the project: its number or global id')
  .addOption(jsonOption())
  .addHelpText('after', `\nExample: ${typedCommand('export --project 1 my-shop')}`)
  .action((folder: string, { project: name, ...options }: { project: string } & JsonOption) =>
    withDatabase('export', async ({ db, eventsElsewhere }) => {
      const bar = progressBar()
      const { project, files, withoutEvents } = await interruptible('Nothing was exported.', (signal) =>
        exportProject(db, { project: name, folder, progress: stoppable(bar, signal), eventsElsewhere }).finally(bar.end),
      )
      const table = formatTable([['file', 'rows'], ...files.map((file) => [file.name, String(file.rows)])], 'right')
      const { id, name: projectName } = project
      const text = `${table}\nProject ${id}, ${JSON.stringify(projectName)}, is in ${folder}.`
      printResult(options, { project: { id, name: projectName }, folder, files, withoutEvents }, text)
      if (withoutEvents) console.error('Its events are not among them: they come from ClickHouse (EVENTS_URL). Export them there.')
    }),
  )
