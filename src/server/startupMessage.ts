import type { Demo } from '../features/demo/ensureDemo.ts'
import type { Config } from '../platform/config.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'

/** The text that is printed once the service accepts requests. */
export function startupMessage({
  config,
  port,
  metricsUrl,
  demo,
}: {
  config: Config
  port: number
  metricsUrl: string | null
  demo: Demo | null
}): string {
  const host = ['127.0.0.1', '0.0.0.0', '::'].includes(config.host) ? 'localhost' : config.host
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/graphql`
  const lines = [`GraphQL answers at ${url}`]
  if (config.webPage) lines.push(`Page: open ${url.replace(/graphql$/, '')} in a browser`)
  if (config.graphiql) lines.push(`GraphiQL: open ${url} in a browser`)
  if (metricsUrl !== null) lines.push(`Metrics for Prometheus: ${metricsUrl}`)
  if (demo !== null) {
    lines.push(
      `Demo API key:  ${demo.key}`,
      `  (of the project's owner, stored in ${demo.keyFile})`,
      ...(demo.member === null
        ? []
        : [
            `Member's key:  ${demo.member.key}`,
            `  (of Grace, who needs the owner's approval to pause an experiment, stored in ${demo.member.keyFile})`,
          ]),
      'First query:',
      `  curl -s ${url} -H 'authorization: Bearer ${demo.key}' -H 'content-type: application/json' \\`,
      `    -d '{"query":"{ eligibleFeatureFlags(projectId: ${demo.projectId}, first: 3) { totalCount nodes { key name } } }"}'`,
    )
  } else {
    lines.push(`To create an API key, see \`${typedCommand('keys create --help')}\`.`)
  }
  return `\n${lines.join('\n')}\n\n`
}
