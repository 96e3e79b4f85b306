import { explain } from '../explain.ts'
import { key, url } from '../settings.ts'
import { draftExperiment, flagsForAnExperiment, launchExperiment, overview } from './documents.ts'
import { typedClient } from './typedClient.ts'

// Lists the eligible flags, drafts an experiment and launches it. No type is written by hand: all are generated from schema.graphql
// and documents.ts.

const execute = typedClient({ url, key })

const seen = await execute(overview, {})
for (const error of seen.errors ?? []) console.log(explain(error))
const [project] = seen.data?.viewer?.projects.nodes ?? []
if (project === undefined) throw new Error('There is no project to show.')
const stats = project.experimentStats
if (stats !== null) console.log(`${project.name}: ${stats.launchedLast30d} launched in 30 days, ${stats.launchedPrevious30d} before.`)

/** Reads a page, prints it, and returns its `pageInfo`. */
async function readPage(project: string, after: string | null) {
  const { data, errors = [] } = await execute(flagsForAnExperiment, { project, first: 5, after })
  for (const error of errors) console.log(explain(error))
  for (const { key, evaluationRuntime, variants } of data?.eligibleFeatureFlags?.nodes ?? []) {
    console.log(`  ${key} (${evaluationRuntime}): ${variants.map((v) => `${v.key} ${v.rolloutPercentage}%`).join(', ')}`)
  }
  return data?.eligibleFeatureFlags?.pageInfo
}

let page = await readPage(project.id, null)
while (page?.hasNextPage) page = await readPage(project.id, page.endCursor)

const drafted = await execute(draftExperiment, {
  input: { projectId: project.id, name: 'One-click checkout', featureFlagKey: 'made-by-typed-client' },
})
for (const error of drafted.errors ?? []) console.log(explain(error))
const draft = drafted.data?.createExperiment
if (draft === undefined) throw new Error('Nothing was made.')
if (draft.__typename !== 'Experiment') throw new Error(`Nothing was made: ${draft.message}`)
console.log(`${draft.name} is a ${draft.status} on the flag ${draft.featureFlag.key}.`)

const launched = await execute(launchExperiment, { id: draft.id })
for (const error of launched.errors ?? []) console.log(explain(error))
const result = launched.data?.launchExperiment
if (result === undefined) throw new Error('Nothing was launched.')
switch (result.__typename) {
  case 'Experiment':
    console.log(`${result.name} is ${result.status} since ${result.startDate}.`)
    break
  case 'ApprovalRequiredError':
    console.log(`Waits for ${result.requiredApprovers.users.map(({ email }) => email).join(' or ')}: request ${result.changeRequest.id}.`)
    break
  case 'ChangeRequestPendingError':
    console.log(`${result.requestedByViewer ? 'You have' : 'Somebody has'} asked for it already: request ${result.changeRequest.id}.`)
    break
  case 'ValidationError':
    for (const { path, code, message } of result.fieldErrors) console.log(`${path.join('.')}: ${message} (${code})`)
    break
  default:
    console.log(`Error: ${result.message}`)
}
