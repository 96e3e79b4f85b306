import { expect, it } from 'vitest'
import { document } from '../../test/docs/documents.ts'
import { withTables } from '../settings/tables.ts'

// test/docs/configuration.test.ts tries out what the tables say.

const { text } = document('docs/configuration.md')

it('makes the tables of the page from the descriptions of the settings', () => {
  expect(withTables(text)).toBe(text)
  expect(withTables(text.replace(/^\| `PORT` .*\n/m, ''))).toBe(text)
})

it.each([
  ['a group without a heading', text.replace('## Access\n', ''), /lacks a heading with a table for: Access/],
  ['a table without a group', `${text}\n## Other\n\n| setting |\n| --- |\n`, /has a table for "Other"/],
])('refuses %s', (_what, page, message) => {
  expect(() => withTables(page)).toThrow(message)
})
