import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'experiments-graph-release-'))
  write('package.json', '{ "version": "0.1.0" }')
  write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n- Flags.\n')
  write('schema.graphql', schema('key: String! old: Int'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const schema = (fields: string) => `type Query { flag: Flag }\ntype Flag { ${fields} }\n`
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
function run(script: string) {
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL(`../schema/${script}`, import.meta.url))], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, said: stderr }
}
const release = () => run('releaseSchema.ts')
const check = () => run('checkBreakingChanges.ts')
/** The manual steps before the next release. */
const raise = (version: string, changes: string) => {
  write('package.json', JSON.stringify({ version }))
  write('CHANGELOG.md', read('CHANGELOG.md').replace('## Unreleased\n', `## Unreleased\n\n${changes}\n`))
}

describe('npm run schema:release', () => {
  it('makes the schema a promise, and gives the version what was not released yet', () => {
    expect(release()).toEqual({ status: 0, said: '' })
    expect(read('schema.released.graphql')).toMatch(/^# Released as 0\.1\.0 /)
    expect(read('schema.released.graphql')).toContain(read('schema.graphql'))
    expect(read('CHANGELOG.md')).toMatch(/^# Changelog\n\n## Unreleased\n\n## 0\.1\.0 \(\d{4}-\d\d-\d\d\)\n\n- Flags\.\n$/)
    expect(check()).toEqual({ status: 0, said: '' })
  })

  it('takes a deprecated field away over two releases', () => {
    release()
    write('schema.graphql', schema('key: String! old: Int @deprecated(reason: "Use key.")'))
    raise('0.2.0', '- `Flag.old` is deprecated.')
    expect(release().status).toBe(0)
    write('schema.graphql', schema('key: String!'))
    expect(check()).toMatchObject({ status: 1, said: expect.stringContaining('`Flag.old`') })
    raise('0.3.0', '### Breaking\n\n- `Flag.old` is gone: use `key`.')
    expect(check()).toEqual({ status: 0, said: '' })
    expect(release().status).toBe(0)
    expect(check()).toEqual({ status: 0, said: '' })
  })

  it('writes nothing when clients would break', () => {
    release()
    const before = read('schema.released.graphql')
    write('schema.graphql', schema('key: String!'))
    raise('0.2.0', '### Breaking\n\n- `Flag.old` is gone.')
    expect(check()).toMatchObject({ status: 1, said: expect.stringContaining('Flag.old') })
    const changelog = read('CHANGELOG.md')
    expect(release()).toMatchObject({ status: 1, said: expect.stringContaining('npm run check:schema') })
    expect([read('schema.released.graphql'), read('CHANGELOG.md')]).toEqual([before, changelog])
  })

  it('releases a version once', () => {
    release()
    write('CHANGELOG.md', read('CHANGELOG.md').replace('## Unreleased\n', '## Unreleased\n\n- More.\n'))
    expect(release()).toMatchObject({ status: 1, said: expect.stringContaining('already has 0.1.0') })
  })

  it('releases nothing that CHANGELOG.md does not tell of', () => {
    release()
    write('package.json', '{ "version": "0.2.0" }')
    expect(release()).toMatchObject({ status: 1, said: expect.stringContaining('nothing under "## Unreleased"') })
  })
})

describe('the check', () => {
  it('rejects a released schema that no release wrote', () => {
    release()
    write('schema.released.graphql', read('schema.graphql'))
    expect(check()).toMatchObject({ status: 1, said: expect.stringContaining('restore it') })
  })

  it('rejects a released schema that was edited', () => {
    release()
    write('schema.released.graphql', read('schema.released.graphql').replace(' old: Int', ''))
    expect(check()).toMatchObject({ status: 1, said: expect.stringContaining('restore it') })
  })

  it('fails when there is no released schema', () => {
    expect(check()).toMatchObject({ status: 1, said: expect.stringContaining('schema.released.graphql') })
  })
})
