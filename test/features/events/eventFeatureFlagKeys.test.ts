import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seedEvent, seedOrganization, seedProject } from '../../support/seed.ts'
import { openTestDatabase } from '../../support/testDatabase.ts'

const { db } = await openTestDatabase()

/** What the database finds in each of these texts. */
async function found(texts: readonly string[]): Promise<(string[] | null)[]> {
  const rows = await db.$queryRaw<{ keys: string[] | null }[]>`
    SELECT event_feature_flag_keys(properties) AS keys FROM unnest(${[...texts]}::text[]) WITH ORDINALITY AS t (properties, rank) ORDER BY rank`
  return rows.map(({ keys }) => keys)
}

/** Rule 5 of experiments.md 5, said a second time. */
function expectedKeys(text: string): string[] | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return keysInText(text)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null
  const named = Object.keys(parsed).filter((key) => key.startsWith('$feature/'))
  return named.length === 0 ? null : sorted(named.map((key) => storable(key.slice('$feature/'.length))).filter((key) => key !== ''))
}

/** JSON can hold a NUL and half a character, PostgreSQL cannot. */
const storable = (key: string) => key.replaceAll(/\0|\p{Surrogate}/gu, '?')

function keysInText(text: string): string[] | null {
  const plain = text.replaceAll('\\/', '/')
  if (!plain.includes('$feature/')) return null
  return sorted([...plain.matchAll(/\$feature\/([a-zA-Z0-9_-]+)/g)].map(([, key = '']) => key))
}

const sorted = (keys: Iterable<string>) => [...new Set(keys)].sort()

async function agrees(texts: readonly string[]): Promise<void> {
  const keys = await found(texts)
  const told = texts.map((text, index) => [text, keys[index]?.toSorted() ?? null])
  expect(told).toEqual(texts.map((text) => [text, expectedKeys(text)]))
}

describe('event_feature_flag_keys', () => {
  it.each<[string, string, string[] | null]>([
    ['a property', '{"$feature/new-nav": "test"}', ['new-nav']],
    [
      'a property, whatever its value',
      '{"$feature/a": null, "$feature/b": false, "$feature/c": [], "$feature/d": ""}',
      ['a', 'b', 'c', 'd'],
    ],
    ['no property', '{}', null],
    ['a bare prefix, which names no flag', '{"$feature/": true}', []],
    ['a bare prefix beside a flag', '{"$feature/": true, "$feature/a": true}', ['a']],
    ['the same property twice', '{"$feature/a": 1, "$feature/a": 2}', ['a']],
    ['a deeper property', '{"properties": {"$feature/a": true}}', null],
    ['a property in a list', '{"properties": [{"$feature/a": true}]}', null],
    ['a value that looks like a property', '{"url": "$feature/a"}', null],
    ['a neighbour in name', '{"$feature_x": 1, "$active_feature_flags": ["a"], "$feature": 1, "feature/a": 1, " $feature/a": 1}', null],
    ['another case', '{"$Feature/a": true, "$FEATURE/b": true}', null],
    ['a list', '["$feature/a"]', null],
    ['a list of objects', '[{"$feature/a": true}]', null],
    ['a string', '"$feature/a"', null],
    ['a number', '7', null],
    ['null', 'null', null],
    ['no text', '', null],
    ['spaces', '  ', null],
    ['an escaped slash', '{"$feature\\/a": true}', ['a']],
    ['an escaped dollar', '{"\\u0024feature/a": true}', ['a']],
    ['an escaped letter', '{"$f\\u0065ature/a": true}', ['a']],
    ['everything escaped', '{"\\u0024\\u0066\\u0065\\u0061\\u0074\\u0075\\u0072\\u0065\\u002F\\u0061": true}', ['a']],
    ['an escaped flag key', '{"$feature/\\u00fcber \\"x\\"": true}', ['über "x"']],
    ['space around', ' \n\t{ "$feature/a" : true } \r', ['a']],
    ['a number that no float holds', '{"$feature/a": 1e999}', ['a']],
    ['text that is cut off', '{"$feature/a": tr', ['a']],
    ['text that is cut off, with an escaped slash', '{"x": {"$feature\\/a": tr', ['a']],
    ['text with NaN in it', '{"$feature/a": NaN}', ['a']],
    ['broken text with a bare prefix', '{"$feature/": tr', []],
    ['broken text with a bare prefix at its end', 'broken $feature/', []],
    ['broken text with an escaped dollar', '{"\\u0024feature/a": tr', null],
    ['broken text without the word', '{"a": tr', null],
    ['broken text with several', "{'$feature/b': 1, '$feature/a': 1, '$feature/b': 2", ['a', 'b']],
    ['a byte order mark', '\ufeff{"$feature/a": true}', ['a']],
    ['a line break in a string', '{"a": "\n", "b": {"$feature/a": 1}}', ['a']],
  ])('reads %s', async (_situation, text, expected) => {
    expect(await found([text])).toEqual([expected])
    // The plain statement of the rule is held to the same examples.
    expect(expectedKeys(text)).toEqual(expected)
  })

  it('reads JSON that holds a NUL, or half a character, though PostgreSQL cannot hold it', async () => {
    expect(
      await found([
        '{"a": "\\u0000", "$feature/a": true}',
        '{"a": "\\ud800", "$feature/a": true}',
        '{"a": "\\udc00\\ud800", "b": {"$feature/a": true}}',
        '{"$feature/a\\u0000b": true}',
        '{"a": "\\u0000", "\\u0024feature/a": true}',
        '["\\u0000", "$feature/a"]',
      ]),
    ).toEqual([['a'], ['a'], null, ['a?b'], ['a'], null])
  })

  it('reads a pair of surrogates as the one character it is', async () => {
    expect(await found(['{"$feature/\\ud83d\\ude00": true}', '{"$feature/😀": true}'])).toEqual([['😀'], ['😀']])
  })

  it('takes objects of a thousand levels', async () => {
    const deep = (inner: string) => `{"a":${'['.repeat(1000)}${']'.repeat(1000)},${inner}}`
    expect(await found([deep('"$feature/a":1'), deep('"b":{"$feature/a":1}')])).toEqual([['a'], null])
  })

  it('is worked out when an event is stored', async () => {
    const project = await seedProject(db, await seedOrganization(db))
    await seedEvent(db, project, 'wired', '2026-11-20T12:00:00Z', { '$feature/b': 'test', '$feature/a': 'control' })
    await seedEvent(db, project, 'bare', '2026-11-20T12:00:00Z', { '$feature/': 'test' })
    await seedEvent(db, project, 'plain', '2026-11-20T12:00:00Z', { url: '/' })
    await seedEvent(db, project, 'broken', '2026-11-20T12:00:00Z', '{"$feature/a": ')
    const rows =
      await db.$queryRaw`SELECT event, feature_flag_keys AS keys FROM events WHERE project_id = ${project.id} ORDER BY event COLLATE "C"`
    expect(rows).toEqual([
      { event: 'bare', keys: [] },
      { event: 'broken', keys: ['a'] },
      { event: 'plain', keys: null },
      { event: 'wired', keys: ['a', 'b'] },
    ])
  })
})

describe('event_feature_flag_keys agrees with the rule', () => {
  const name = fc.oneof(
    fc.constantFrom('$feature/', '$feature/a', '$feature/new-nav', '$feature_x', '$feature', 'feature/a', '$feature/ü b', '__proto__', ''),
    fc.string({ unit: 'grapheme', maxLength: 6 }).map((key) => `$feature/${key}`),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      name,
      fc.constantFrom(null, true, 0, -1.5e-7, 1e300),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    ),
  }))
  /** Some characters of a text as JSON may also write them. */
  const spelling = fc.infiniteStream(fc.nat({ max: 11 }))
  const json = fc
    .tuple(fc.oneof(fc.dictionary(name, value, { maxKeys: 5 }), value), fc.constantFrom(0, 2), spelling)
    .map(([drawn, indent, draws]) =>
      JSON.stringify(drawn, null, indent).replaceAll(/\\.|[$/fa]/g, (character) => {
        if (character.length > 1) return character
        const draw = draws.next().value
        if (draw === 0) return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
        return draw === 1 && character === '/' ? '\\/' : character
      }),
    )

  it('over any JSON', async () => {
    await fc.assert(fc.asyncProperty(fc.array(json, { minLength: 20, maxLength: 40 }), agrees), { numRuns: 40 })
  })

  it('over JSON that was cut, or had something put in', async () => {
    const harm = fc.tuple(
      json,
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom('', '"', '\\', '{', '}', '[', ',', ':', '/', '\\/', '$feature/', '\n', '0', '.', '-', 'é', '\\u'),
    )
    const broken = harm.map(([text, at, cut, put]) => {
      const characters = [...text]
      characters.splice(at % (characters.length + 1), cut, put)
      return characters.join('').toWellFormed().replaceAll('\0', '')
    })
    await fc.assert(fc.asyncProperty(fc.array(broken, { minLength: 20, maxLength: 40 }), agrees), { numRuns: 40 })
  })

  it('over bits and pieces', async () => {
    const piece = fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', '"', '\\', '/', ' ', '\n', '\t', '\v', '\u00a0', '\u2028', '\ufeff', '\u0001', '\u007f'],
      ...['$feature/', '$feature\\/', '\\u0024feature/', '$feature\\\\/', '$feature', 'a', 'Z_9-', 'é', '😀', '\\u00e9', '\\n', '\\x'],
      ...['null', 'true', 'nan', 'NaN', 'Infinity', '0', '01', '-', '+1', '1.', '.5', '1e5', '1E+', '"$feature/a":1', '{"$feature/b":'],
    )
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 60 }), agrees), { numRuns: 60 })
  })
})
