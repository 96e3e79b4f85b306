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
    'Imports feature flags, experiments and events as the REST API prints them. A second run changes only what changed in the files. ' +
      'Rows that are malformed are skipped and listed; a file that cannot be read stops everything before anything is written.',
  )
  .argument('<files...>', 'pages of feature flags or of experiments (JSON), and events (one JSON object a line), in any order')
  .option('--project <number>', 'the project to import into')
  .option('--create-project <name>', 'makes the project to import into')
  .option('--organization <id-or-name>', 'whose the new project is; the only organization, or the demo one, if it is not said')
  .option('--timezone <name>', 'where the days of the new project begin, such as Europe/Berlin; UTC if it is not said')
  .action((files: string[], options: ImportCommandOptions) =>
    withDatabase('import', async ({ db }) => {
      const progress = progressBar()
      const { project, report } = await importFiles(db, { files, target: parseTarget(options), progress }).finally(progress.end)
      console.log(report.summary(project))
    }),
  )

function parseTarget({ project, createProject, ...newProjectOptions }: ImportCommandOptions): ImportTarget {
  if (createProject !== undefined && project === undefined) return { createProject, ...newProjectOptions }
  if (project === undefined || createProject !== undefined) {
    throw new OperatorError('Say where to: either --project NUMBER or --create-project NAME.')
  }
  const [extra] = Object.keys(newProjectOptions)
  if (extra !== undefined) throw new OperatorError(`--${extra} is for a new project: it goes with --create-project.`)
  return { project }
}
