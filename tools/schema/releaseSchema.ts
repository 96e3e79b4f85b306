// Releases schema.graphql under the version in package.json, and moves the unreleased changes in CHANGELOG.md to that version. Fails if
// `npm run check:schema` fails.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { breakingChanges } from './breakingChanges.ts'
import { releaseInChangelog } from './changelog.ts'
import { addSeal, removeSeal } from './releasedSchema.ts'

const file = 'schema.released.graphql'
const read = (name: string) => readFileSync(name, 'utf8')

try {
  const [current, changelog] = [read('schema.graphql'), read('CHANGELOG.md')]
  const { version } = JSON.parse(read('package.json')) as { version: string }
  const released = releaseInChangelog(changelog, version, new Date().toISOString().slice(0, 10))

  // Before the first release, no change can break clients.
  const breaks = existsSync(file) ? await breakingChanges(removeSeal(read(file)).sdl, current, changelog) : []
  if (breaks.length > 0) throw new Error('Nothing was released. To see the problems, run `npm run check:schema`.')

  writeFileSync(file, addSeal(current, version))
  writeFileSync('CHANGELOG.md', released)
  console.log(`${version} is written to ${file} and CHANGELOG.md. Commit them together, and tag the commit v${version}.`)
} catch (error) {
  console.error('schema:release:', (error as Error).message)
  process.exitCode = 1
}
