import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { expect, it } from 'vitest'

it('runs on the Node that package.json brings', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: { node: string } }
  expect(process.versions.node).toBe(devDependencies.node)
})

it('pins every dependency to one version', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) expect(version, name).toMatch(/^\d/)
})

it('can be compiled before its first start', () => {
  const kept = 'node_modules/.cache/experiments-graph'
  rmSync(kept, { recursive: true, force: true })
  expect(execFileSync('npm', ['run', '--silent', 'compile'], { encoding: 'utf8' })).toBe('')
  expect(readdirSync(kept, { recursive: true }).length).toBeGreaterThan(500)
})

it('says what to do where an older Node is found first', () => {
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); await import('./scripts/assertNode.mjs')"
  const run = () => execFileSync(process.execPath, ['--input-type=module', '-e', pretend], { stdio: 'pipe' })
  expect(run).toThrow('This is Node 20.20.2; the service needs Node 24.10 or later.')
})
