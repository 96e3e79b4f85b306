import { describe, expect, it } from 'vitest'
import {
  checkClock,
  checkDatabase,
  checkIndexes,
  checkLinks,
  checkMigrations,
  type LinkFacts,
} from '../../src/cli/doctor/databaseChecks.ts'
import { checkDemo, checkDisk, checkNode, checkPort, checkRedis, checkSettings } from '../../src/cli/doctor/hostChecks.ts'
import { settingNames } from '../../src/platform/config.ts'

// What the doctor concludes from what it sees.

const now = new Date('2026-11-29T12:00:00Z')
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1_000)
const link: LinkFacts = { projectId: 7, state: 'following', lastSyncAt: secondsAgo(20), lastError: null, opensKey: true }
const postgres = { state: 'open', embedded: false, version: '15.4 (Debian)', takesWrites: true } as const

describe('the doctor', () => {
  it.each([
    ['right settings', checkSettings(null, ['PATH', 'PORT', 'HOSTNAME'], settingNames), 'ok', /valid/],
    ['a misspelled setting', checkSettings(null, ['DATABSE_URL'], settingNames), 'warning', /DATABSE_URL \(did you mean DATABASE_URL\?\)/],
    ['a setting with its misspelling', checkSettings(null, ['DATABSE_URL', 'DATABASE_URL'], settingNames), 'ok', /valid/],
    ['a wrong setting', checkSettings('PORT must be a number', [], settingNames), 'problem', /PORT must be a number/],
    ['a new Node', checkNode('26.1.0'), 'ok', /26/],
    ['the oldest Node', checkNode('24.10.0'), 'ok', /24/],
    ['an older Node', checkNode('24.9.0'), 'problem', /Use Node 24\.10/],
    ['no Redis', checkRedis(null), 'ok', /not set/],
    ['a Redis that answers', checkRedis('answers'), 'ok', /answers/],
    ['a Redis that does not answer', checkRedis({ error: 'connect ECONNREFUSED' }), 'problem', /ECONNREFUSED\..*REDIS_URL/],
    ['a disk with space', checkDisk(5e9, '/data'), 'ok', /5000 MB/],
    ['a disk that fills', checkDisk(5e8, '/data'), 'warning', /500 MB/],
    ['a full disk', checkDisk(5e7, '/data'), 'problem', /50 MB.*DATA_DIR/],
    ['the disk of a PostgreSQL', checkDisk(null, '/data'), 'ok', /PostgreSQL/],
    ['a free port', checkPort('PORT', 'localhost:4000', 'free'), 'ok', /free/],
    ['a port of the service', checkPort('PORT', 'localhost:4000', 'served'), 'ok', /The service answers/],
    ['a port of another program', checkPort('PORT', 'localhost:4000', { error: 'in use' }), 'problem', /in use.*change PORT/],
    ['demo data on this machine', checkDemo(true, false), 'ok', /only this machine/],
    ['demo data on the network', checkDemo(true, true), 'warning', /HOST.*keys -- revoke/],
    ['no demo data', checkDemo(false, true), 'ok', /none/],
    ['demo data that cannot be seen', checkDemo(null, true), 'skipped', /Not looked at/],
  ])('sees %s', (_what, { level, seen, advice }, expected, text) => {
    expect(level).toBe(expected)
    expect(`${seen} ${advice}`).toMatch(text)
    expect(advice === null).toBe(level === 'ok' || level === 'skipped')
  })

  it.each([
    ['PostgreSQL', checkDatabase(postgres), 'ok', /PostgreSQL 15\.4/],
    ['an old PostgreSQL', checkDatabase({ ...postgres, version: '14.9' }), 'problem', /Use PostgreSQL 15/],
    ['a standby', checkDatabase({ ...postgres, takesWrites: false }), 'problem', /takes no writes.*primary/],
    ['no database yet', checkDatabase({ state: 'absent' }), 'warning', /npm run cli -- start/],
    [
      'a PostgreSQL that is away',
      checkDatabase({ state: 'unreachable', embedded: false, error: 'timeout' }),
      'problem',
      /timeout\..*DATABASE_URL/,
    ],
    ['an embedded database in use', checkDatabase({ state: 'unreachable', embedded: true, error: 'open' }), 'warning', /running service/],
    ['all migrations', checkMigrations([]), 'ok', /All/],
    ['missing migrations', checkMigrations(['2026_a', '2026_b']), 'warning', /2026_a, 2026_b.*npm run migrate/],
    ['a newer database', checkMigrations({ error: 'The database is newer than this program.' }), 'problem', /newer/],
    [
      'all indexes',
      checkIndexes(
        ['a'],
        [
          { name: 'a', valid: true },
          { name: 'own', valid: false },
        ],
      ),
      'ok',
      /All 1/,
    ],
    ['a missing index', checkIndexes(['a', 'b'], [{ name: 'a', valid: true }]), 'problem', /Missing: b\./],
    [
      'many missing indexes',
      checkIndexes(
        Array.from({ length: 12 }, (_, at) => `i${at}`),
        [],
      ),
      'problem',
      /i9 and 2 more/,
    ],
    ['an index that is not valid', checkIndexes(['a'], [{ name: 'a', valid: false }]), 'problem', /REINDEX INDEX CONCURRENTLY "a"/],
    ['the same time', checkClock(-1_900), 'ok', /same time/],
    ['a clock that is ahead', checkClock(2_100), 'warning', /2\.1 s ahead of/],
    ['a clock that is behind', checkClock(-90_000), 'warning', /90\.0 s behind/],
    ['a clock that cannot be read', checkClock(null), 'skipped', /Not looked at/],
  ])('sees %s', (_what, { level, seen, advice }, expected, text) => {
    expect(level).toBe(expected)
    expect(`${seen} ${advice}`).toMatch(text)
  })

  it.each([
    ['a link in step', {}, 'ok', /in step with PostHog 20 s ago/],
    ['a link that nobody follows', { lastSyncAt: secondsAgo(301) }, 'warning', /301 s ago.*Is a service running/],
    ['a link with a remark', { lastError: '3 flags were kept' }, 'warning', /3 flags were kept\./],
    ['a failing link', { state: 'failing', lastError: 'HTTP 500' }, 'warning', /HTTP 500\./],
    [
      'a stopped link',
      { state: 'stopped', lastError: 'The key was revoked.' },
      'problem',
      /The key was revoked\. .*link -- resync --project 7/,
    ],
    ['a first copy', { state: 'copying', lastSyncAt: null }, 'warning', /first copy is not done/],
    ['a key that cannot be decrypted', { opensKey: false }, 'problem', /LINK_ENCRYPTION_KEY/],
  ] as [string, Partial<LinkFacts>, string, RegExp][])('sees %s', (_what, changes, expected, text) => {
    const [finding, ...others] = checkLinks([{ ...link, ...changes }], now, 10)
    expect(others).toEqual([])
    expect(finding?.level).toBe(expected)
    expect(`${finding?.seen} ${finding?.advice}`).toMatch(text)
  })

  it('waits longer for links that are looked at seldom, and says that there are none', () => {
    expect(checkLinks([{ ...link, lastSyncAt: secondsAgo(500) }], now, 60)[0]?.level).toBe('ok')
    expect(checkLinks([], now, 10)).toMatchObject([{ level: 'ok', seen: 'No project is linked.' }])
    expect(checkLinks(null, now, 10)).toMatchObject([{ level: 'skipped' }])
  })
})
