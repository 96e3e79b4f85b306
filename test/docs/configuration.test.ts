import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/platform/config.ts'
import { document } from './documents.ts'

// docs/configuration.md lists every setting, its default and its values: `npm run generate` writes the tables. This test reads them and tries
// them out.

/** The rows of the tables: setting, default, values. */
const settings = document('docs/configuration.md')
  .text.split('\n')
  .flatMap((line) => {
    const [, name = '', fallback = '', values = ''] = line.split('|').map((cell) => cell.trim())
    return /^`[A-Z_]+`$/.test(name) ? [{ name: name.slice(1, -1), fallback, values }] : []
  })

type Environment = Record<string, string>

/** What other settings a setting needs beside it. */
const needed: Record<string, Environment> = {
  TRUSTED_DOCUMENTS_ONLY: { TRUSTED_DOCUMENTS: 'trusted.json' },
  HOST: { DEMO_DATA: 'false' },
  DATABASE_REPLICA_URLS: { DATABASE_URL: 'postgres://localhost/db' },
}

/** The paths of the values in a config: `port`, `limits.depth`. */
function leaves(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, value]])
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, path === '' ? key : `${path}.${key}`)]))
}

/** The values of the config that a setting changes, with any value that it accepts. */
function changedBy(name: string): string[] {
  const others = needed[name] ?? {}
  const before = leaves(readConfig(others))
  const documented = settings.find((setting) => setting.name === name)?.values ?? ''
  // Its choices, or the ends of its range.
  const listed = [...documented.matchAll(/[\d,]+|(?<=`)\w+(?=`)/g)].map(([value]) => value.replaceAll(',', ''))
  return [
    ...listed,
    'text',
    'postgres://localhost/db',
    'redis://localhost',
    '10.0.0.0/8',
    'http://localhost',
    '0f'.repeat(32),
    'team_id=a,uuid=b,event=c,timestamp=d,distinct_id=e,properties=f',
    '1=2',
  ].flatMap((value) => {
    try {
      const after = leaves(readConfig({ ...others, [name]: value }))
      return [...after.keys()].filter((path) => !isDeepStrictEqual(after.get(path), before.get(path)))
    } catch {
      return []
    }
  })
}

it('lists each setting once', () => {
  const names = settings.map(({ name }) => name)
  expect(names.length).toBeGreaterThan(20)
  expect(names).toEqual([...new Set(names)])
})

it('leaves no value of the config out', () => {
  const explained = new Set(settings.flatMap(({ name }) => changedBy(name)))
  expect([...leaves(readConfig({})).keys()].filter((path) => !explained.has(path))).toEqual([])
})

describe.each(settings)('$name', ({ name, fallback, values }) => {
  const others = needed[name] ?? {}
  const read = (value: string, more: Environment = {}) => readConfig({ ...others, ...more, [name]: value })

  it('is read', () => {
    expect(changedBy(name)).not.toEqual([])
  })

  it('has this default', () => {
    const [first, second] = fallback.split(';')
    const code = (text: string | undefined) => /`([^`]*)`/.exec(text ?? '')?.[1]
    const without = code(first)
    if (without !== undefined) expect(read(without)).toEqual(readConfig(others))
    else expect(changedBy(name).map((path) => leaves(readConfig(others)).get(path))).toContain(null)
    if (second === undefined) return
    // A second default, as in: `false` when `NODE_ENV=production`; or: when `DATABASE_URL` is set.
    const [, value = '', setting = '', given = 'postgres://localhost/db'] = /`(.*)` when `([A-Z_]+)(?:=(.*))?`/.exec(second) ?? []
    const more = { [setting]: given }
    expect(read(value, more)).toEqual(readConfig({ ...others, ...more }))
  })

  it('takes these values', () => {
    const range = /^([\d,]+) to ([\d,]+)$/.exec(values)
    const [least, most] = (range?.slice(1) ?? []).map((number) => Number(number.replaceAll(',', '')))
    const choices = [...values.matchAll(/`([^`]+)`/g)].map(([, choice = '']) => choice)
    if (least !== undefined && most !== undefined) {
      for (const right of [least, most]) expect(() => read(String(right))).not.toThrow()
      for (const wrong of [least - 1, most + 1]) expect(() => read(String(wrong)), String(wrong)).toThrow()
    } else if (choices.length > 1) {
      for (const right of choices) expect(() => read(right)).not.toThrow()
      expect(() => read('nonsense')).toThrow()
    } else {
      expect(values).toMatch(/^(text|a file|a folder|(a URL|URLs): `\w+:\/\/…`|IP addresses and ranges|32 bytes|pairs: `\w+=\w+`)$/)
      if (/^(a URL|URLs|IP|32 bytes|pairs)/.test(values)) expect(() => read('nonsense')).toThrow()
    }
  })
})
