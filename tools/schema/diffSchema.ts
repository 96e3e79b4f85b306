// Lists the differences between schema.graphql and the last release, by their effect on clients.
import { readFileSync } from 'node:fs'
import { type CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildASTSchema, parse } from 'graphql'
import { removeSeal } from './releasedSchema.ts'

const levels: Record<`${CriticalityLevel}`, string> = {
  BREAKING: 'Breaks clients',
  DANGEROUS: 'May surprise clients',
  NON_BREAKING: 'Safe',
}
const read = (name: string) => readFileSync(name, 'utf8')
/** Builds a schema without validation, because subgraphs use federation's directives without definitions. */
const schemaOf = (sdl: string) => buildASTSchema(parse(sdl), { assumeValidSDL: true })

try {
  const { version, sdl } = removeSeal(read('schema.released.graphql'))
  const changes = await diff(schemaOf(sdl), schemaOf(read('schema.graphql')))
  if (changes.length === 0) console.log(`schema.graphql is as released in ${version}.`)
  for (const [level, title] of Object.entries(levels)) {
    const found = changes.filter(({ criticality }) => criticality.level === level)
    if (found.length > 0) console.log([`${title}:`, ...found.map(({ path, message }) => `  ${path ?? ''}: ${message}`)].join('\n'))
  }
} catch (error) {
  console.error('schema:diff:', (error as Error).message)
  process.exitCode = 1
}
