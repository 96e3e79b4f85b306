import { install } from '../tools/install.ts'

// Runs one of the examples: npm run example -- urql. The first run installs what it needs.
const examples = ['urql', 'apollo-client', 'graphql-request', 'typed-client', 'slack-notifier', 'front-end', 'supergraph', 'posthog']
/** They need no packages of their own. */
const ownPackagesOnly = ['front-end', 'posthog']
const [name = ''] = process.argv.slice(2)

if (examples.includes(name)) {
  if (!ownPackagesOnly.includes(name)) install(`examples/${name}`)
  await import(`./${name}/main.ts`).catch((error: Error) => {
    const cause = error.cause instanceof Error ? ` (${error.cause.message || error.cause.name})` : ''
    console.error(`${error.message}${cause}`)
    process.exitCode = 1
  })
} else {
  console.error(`Name the example to run: npm run example -- ${examples.join(' | ')}`)
  process.exitCode = 1
}
