import { expect, it } from 'vitest'
import { Prisma } from '../../src/database/generated/client.ts'
import { openTestDatabase } from '../support/testDatabase.ts'

const { db } = await openTestDatabase()

const moment = new Date('2026-11-03T04:05:06.789Z')

it('reads rows as $queryRaw does: values of each type, lists of them, and null', async () => {
  const statement = Prisma.sql`
    SELECT 1 AS int, 9007199254740993 AS bigint, 0.1::float8 AS double, 12345678901234567890.123 AS numeric, true AS boolean, 'é' AS text,
      timestamptz '2026-11-03 04:05:06.789+00' AS moment, date '2026-11-03' AS day, '{"a": [1, null]}'::jsonb AS jsonb, '"text"'::json AS json,
      'server'::evaluation_runtime AS enum, '00000000-0000-4000-8000-000000000001'::uuid AS uuid, null::timestamptz AS missing,
      ARRAY[1, null] AS ints, ARRAY[9007199254740993, null] AS bigints, ARRAY['a,b', null] AS texts, ARRAY[true, false] AS booleans,
      ARRAY[timestamptz '2026-11-03 04:05:06.789+00', null] AS moments, ARRAY['{"a": 1}'::jsonb, null] AS jsonbs, ARRAY[0.5::float8] AS doubles,
      ARRAY[1.5, null] AS numerics, 'infinity'::float8 AS infinite, ''::text AS empty
    FROM generate_series(1, 2)`
  const rows = await db.queryRows<Record<string, unknown>>(statement)
  expect(rows).toHaveLength(2)
  expect(rows).toEqual(await db.$queryRaw(statement))
  // Numbers beyond 2^53 stay whole.
  expect(rows[0]).toMatchObject({ bigint: 9007199254740993n, moment, jsonb: { a: [1, null] }, missing: null })
  expect(String(rows[0]?.numeric)).toBe('12345678901234567890.123')
})

it('sends parameters as $queryRaw does', async () => {
  const statement = Prisma.sql`
    SELECT ${7}::int AS int, ${2n ** 60n}::bigint AS bigint, ${0.1}::float8 AS double, ${'it\'s "1"'}::text AS text, ${null}::text AS missing,
      ${true}::boolean AS boolean, ${moment}::timestamptz AS moment, ${[1, 2]}::int[] AS ints, ${['a,b', '"', '{}']}::text[] AS texts,
      ${[moment]}::timestamptz[] AS moments, ${[]}::int[] AS none, ${JSON.stringify({ a: 1 })}::jsonb AS json`
  expect(await db.queryRows(statement)).toEqual(await db.$queryRaw(statement))
})

it('reads no rows, and fails as the database does', async () => {
  expect(await db.queryRows(Prisma.sql`SELECT 1 AS one WHERE false`)).toEqual([])
  await expect(db.queryRows(Prisma.sql`SELECT 1 / ${0}::int`)).rejects.toMatchObject({ cause: { originalCode: '22012' } })
})
