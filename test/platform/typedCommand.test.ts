import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { typedCommand } from '../../src/platform/program/typedCommand.ts'

const { scripts, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<'scripts' | 'bin', Record<string, string>>

it.each([
  ['keys create --help', 'npm run keys -- create --help', 'npx experiments-graph keys create --help'],
  ['migrate', 'npm run migrate', 'npx experiments-graph migrate'],
  ['doctor --json', 'npm run cli -- doctor --json', 'npx experiments-graph doctor --json'],
  ['', 'npm run cli --', 'npx experiments-graph'],
])('%s is typed with npm in a clone, and by its name where the package is installed', (words, inClone, installed) => {
  expect(typedCommand(words)).toBe(inClone)
  expect(typedCommand(words, true)).toBe(installed)
  expect(scripts[/^npm run (\S+)/.exec(inClone)?.[1] ?? '']).toBeDefined()
  expect(bin).toHaveProperty(installed.split(' ')[1] ?? '')
})
