import { Command } from 'commander'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { importFiles } from '../posthog/import/importFiles.ts'
import { progressBar } from '../posthog/import/progress.ts'
import type { ImportTarget } from '../posthog/import/targetProject.ts'
import { interruptible, stoppable } from './terminal/interruptible.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'
import { UsageError } from './usageError.ts'
import { withDatabase } from './withDatabase.ts'

interface ImportCommandOptions extends JsonOption {
  project?: string
  createProject?: string
  organization?: string
  timezone?: string
}

export const command = new Command('import')
  .description(
    "Imports feature flags, experiments and events from pages of PostHog's REST API. A second run changes only what changed in the " +
      'files. Malformed rows are skipped and listed. If a file cannot be read, nothing is written.',
  )
  .argument('<files...>', 'pages of feature flags, experiments or events (JSON), and events (one JSON object per line), in any order')
  .option('--project <number>', 'the project to import into')
  .option('--create-project <name>', 'creates the project to import into')
  .option('--organization <id-or-name>', 'the organization of the new project; default: the only organization, or the demo organization')
  .option('--timezone <name>', 'the time zone of the new project, such as Europe/Berlin; default: UTC')
  .addOption(jsonOption())
  .addHelpText('after', `\nExample: ${typedCommand('import --create-project Shop flags.json experiments.json events.ndjson')}`)
  .action((files: string[], { json, ...options }: ImportCommandOptions) =>
    withDatabase('import', async ({ db, eventsElsewhere }) => {
      const target = parseTarget(options)
      const bar = progressBar()
      const { project, report } = await interruptible('Nothing was imported.', (signal) =>
        importFiles(db, { files, target, progress: stoppable(bar, signal), eventsElsewhere }).finally(bar.end),
      )
      printResult({ json }, { project: { id: project.id, name: project.name }, ...report.toData() }, report.summary(project))
    }),
  )

function parseTarget({ project, createProject, ...newProjectOptions }: Omit<ImportCommandOptions, 'json'>): ImportTarget {
  if (createProject !== undefined && project === undefined) return { createProject, ...newProjectOptions }
  if (project === undefined || createProject !== undefined) {
    throw new UsageError('Name the project to import into: either --project NUMBER or --create-project NAME.')
  }
  const [extra] = Object.keys(newProjectOptions)
  if (extra !== undefined) throw new UsageError(`--${extra} is only for a new project. Use it with --create-project.`)
  return { project }
}
