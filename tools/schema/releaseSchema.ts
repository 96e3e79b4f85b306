// Makes schema.graphql the promise to clients, as the version in package.json, and gives that version what CHANGELOG.md has not released
// yet. Refuses what the check refuses.
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

  // Before the first release nothing was promised.
  const breaks = existsSync(file) ? await breakingChanges(removeSeal(read(file)).sdl, current, changelog) : []
  if (breaks.length > 0) throw new Error('nothing was released: `npm run check:schema` says what is wrong.')

  writeFileSync(file, addSeal(current, version))
  writeFileSync('CHANGELOG.md', released)
  console.log(`${version} is written to ${file} and CHANGELOG.md. Commit them together, and tag the commit v${version}.`)
} catch (error) {
  console.error('schema:release:', (error as Error).message)
  process.exitCode = 1
}
