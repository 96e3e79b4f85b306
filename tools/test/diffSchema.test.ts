import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { addSeal } from '../schema/releasedSchema.ts'

const folder = mkdtempSync(join(tmpdir(), 'experiments-graph-diff-'))
afterAll(() => rmSync(folder, { recursive: true }))

const released = 'type Query { flag(key: String): Flag }\ntype Flag { key: String! old: Int }\n'
function diff(current: string): string {
  writeFileSync(join(folder, 'schema.released.graphql'), addSeal(released, '0.1.0'))
  writeFileSync(join(folder, 'schema.graphql'), current)
  return spawnSync(process.execPath, [resolve('tools/schema/diffSchema.ts')], { cwd: folder, encoding: 'utf8' }).stdout
}

it('says that nothing has changed since the release', () => {
  expect(diff(released)).toBe('schema.graphql is as released in 0.1.0.\n')
})

it('lists what has changed since the release, what breaks clients first', () => {
  expect(diff('type Query { flag(key: String): Flag }\ntype Flag { key: String! name: String }\n')).toBe(
    "Breaks clients:\n  Flag.old: Field 'old' was removed from object type 'Flag'\nSafe:\n  Flag.name: Field 'name' was added to object type 'Flag'\n",
  )
})
