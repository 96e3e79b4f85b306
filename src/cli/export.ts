import { Command } from 'commander'
import { formatTable } from '../platform/table.ts'
import { exportProject } from '../posthog/export/exportProject.ts'
import { progressBar } from '../posthog/import/progress.ts'
import { withDatabase } from './withDatabase.ts'

export const command = new Command('npm run export --')
  .description(
    "Writes a project into a folder, as pages of PostHog's REST API: flags, experiments, what they name, and events. `npm run import` reads " +
      'them. Approvals, the audit trail and API keys are not exported. Payloads of flags are exported as they are stored.',
  )
  .argument('<folder>', 'a folder that does not exist yet, or is empty')
  .requiredOption('--project <number>', 'the project: its number or global id')
  .action((folder: string, { project: name }: { project: string }) =>
    withDatabase('export', async ({ db, eventsElsewhere }) => {
      const progress = progressBar()
      const { project, files, withoutEvents } = await exportProject(db, { project: name, folder, progress, eventsElsewhere }).finally(
        progress.end,
      )
      console.log(formatTable([['file', 'rows'], ...files.map((file) => [file.name, String(file.rows)])], 'right'))
      console.log(`Project ${project.id}, ${JSON.stringify(project.name)}, is in ${folder}.`)
      if (withoutEvents) console.error('Its events are not among them: they come from ClickHouse (EVENTS_URL). Export them there.')
    }),
  )
