import { OperatorError } from '../../src/platform/operatorError.ts'
import { ask } from '../ask.ts'
import { listen } from '../listen.ts'
import { compose } from './compose.ts'
import { createGateway } from './createGateway.ts'
import { createPages } from './pages/createPages.ts'
import { demoPages } from './pages/demoPages.ts'
import { startService } from './service.ts'

// `npm run example:supergraph`: our service, a second subgraph, the supergraph of both, and a gateway in front.

const question = `{
  pages(first: 3) {
    nodes {
      path
      featureFlag { key active variants { key rolloutPercentage } }
      experiment { name status }
      project { name eligibleFeatureFlags(first: 3) { totalCount nodes { key } } experimentStats { activeExperiments } }
    }
  }
}`

interface Demo {
  project: { id: string; experiments: { nodes: { databaseId: number; featureFlag: { key: string } }[] } }
}

async function start(): Promise<void> {
  const port = Number(process.env.GATEWAY_PORT ?? 4400)
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) throw new OperatorError('GATEWAY_PORT must be a whole number up to 65535.')

  const experiments = await startService()
  const demo = `{ project(id: ${experiments.projectId}) { id experiments(first: 100) { nodes { databaseId featureFlag { key } } } } }`
  const { project } = await ask<Demo>(experiments.url, demo, experiments.key)
  const pages = await listen(createPages(demoPages(project.id, project.experiments.nodes)))
  const supergraph = await compose([
    { name: 'experiments', url: experiments.url },
    { name: 'pages', url: pages.url },
  ])
  const gateway = createGateway(supergraph)
  const http = await listen(gateway, port)

  process.stdout.write(`
Subgraph "experiments" answers at ${experiments.url}
Subgraph "pages" answers at       ${pages.url}
The gateway answers at ${http.url}
Demo API key: ${experiments.key}
A query to start with, across both subgraphs:
  curl -s ${http.url} -H 'authorization: Bearer ${experiments.key}' -H 'content-type: application/json' \\
    -d '${JSON.stringify({ query: question.replaceAll(/\s+/g, ' ') })}'
Press Ctrl-C to stop everything.

`)

  let stopping = false
  const stop = async () => {
    // On Ctrl-C, the signal comes twice: from the terminal and from npm.
    if (stopping) return
    stopping = true
    await http.close()
    await gateway[Symbol.asyncDispose]()
    await pages.close()
    await experiments.stop()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

start().catch((error: unknown) => {
  console.error(error instanceof OperatorError ? error.message : error)
  process.exit(1)
})
