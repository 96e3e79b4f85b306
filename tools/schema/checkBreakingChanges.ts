// Checks that schema.graphql does not break clients of the last release. The exit code is 1 if it does.
import { readFileSync } from 'node:fs'
import { breakingChanges } from './breakingChanges.ts'
import { removeSeal } from './releasedSchema.ts'

const read = (name: string) => readFileSync(name, 'utf8')

try {
  const { version, sdl } = removeSeal(read('schema.released.graphql'))
  const breaks = await breakingChanges(sdl, read('schema.graphql'), read('CHANGELOG.md'))
  for (const { path, what, remedy } of breaks) console.error(`${path}: ${what}. ${remedy}`)
  if (breaks.length > 0) throw new Error(`schema.graphql breaks clients of ${version} in ${breaks.length} place(s).`)
} catch (error) {
  console.error('check:schema:', (error as Error).message)
  process.exitCode = 1
}
