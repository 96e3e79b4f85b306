import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { driftFrom } from '../migration/drift.ts'

const schema = readFileSync('prisma/schema.prisma', 'utf8')
const withTeams = `${schema}\nmodel Team {\n  id   Int    @id\n  name String\n\n  @@map("teams")\n}\n`

const folder = mkdtempSync(join(tmpdir(), 'experiments-graph-migration-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('finds the migrations and prisma/schema.prisma in agreement', async () => {
  expect(await driftFrom(schema)).toBe('')
})

it('finds what the migrations lack', async () => {
  expect(await driftFrom(withTeams)).toContain('CREATE TABLE "teams"')
})

it('begins a migration with what prisma/schema.prisma has and the migrations have not', () => {
  mkdirSync(join(folder, 'prisma/migrations'), { recursive: true })
  writeFileSync(join(folder, 'prisma/schema.prisma'), withTeams)
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [resolve('tools/migration/newMigration.ts'), ...args], { cwd: folder, encoding: 'utf8' })

  expect(run('add_teams')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^prisma\/migrations\/\d{14}_add_teams\/migration\.sql\n$/),
  })
  const [made = ''] = readdirSync(join(folder, 'prisma/migrations'))
  const sql = readFileSync(join(folder, 'prisma/migrations', made, 'migration.sql'), 'utf8')
  expect(sql).toContain('CREATE TABLE "teams"')
  expect(sql).not.toContain('feature_flags')

  expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run migration -- add_teams') })
  expect(run('Add Teams').status).toBe(1)
})
