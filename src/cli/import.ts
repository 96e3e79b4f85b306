import { Command } from 'commander'
import { OperatorError } from '../platform/operatorError.ts'
import { importFiles } from '../posthog/import/importFiles.ts'
import { progressBar } from '../posthog/import/progress.ts'
import type { ImportTarget } from '../posthog/import/targetProject.ts'
import { withDatabase } from './withDatabase.ts'

interface ImportCommandOptions {
  project?: string
  createProject?: string
  organization?: string
  timezone?: string
}

export const command = new Command('npm run import --')
  .description(
    "Imports feature flags, experiments and events from pages of PostHog's REST API. A second run changes only what changed in the " +
      'files. Malformed rows are skipped and listed. If a file cannot be read, nothing is written.',
  )
  .argument('<files...>', 'pages of feature flags, experiments or events (JSON), and events (one JSON object per line), in any order')
  .option('--project <number>', 'the project to import into')
  .option('--create-project <name>', 'creates the project to import into')
  .option('--organization <id-or-name>', 'the organization of the new project; default: the only organization, or the demo organization')
  .option('--timezone <name>', 'the time zone of the new project, such as Europe/Berlin; default: UTC')
  .action((files: string[], options: ImportCommandOptions) =>
    withDatabase('import', async ({ db, eventsElsewhere }) => {
      const progress = progressBar()
      const { project, report } = await importFiles(db, { files, target: parseTarget(options), progress, eventsElsewhere }).finally(
        progress.end,
      )
      console.log(report.summary(project))
    }),
  )

function parseTarget({ project, createProject, ...newProjectOptions }: ImportCommandOptions): ImportTarget {
  if (createProject !== undefined && project === undefined) return { createProject, ...newProjectOptions }
  if (project === undefined || createProject !== undefined) {
    throw new OperatorError('Name the project to import into: either --project NUMBER or --create-project NAME.')
  }
  const [extra] = Object.keys(newProjectOptions)
  if (extra !== undefined) throw new OperatorError(`--${extra} is only for a new project. Use it with --create-project.`)
  return { project }
}
