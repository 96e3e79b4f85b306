import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { createDocumentCache } from '../../../src/server/limits/documentCache.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { db, run } = await testServer({ maxAliases: 30, maxRootFields: 20, maxDirectives: 10 })
const { key } = await seedTenant(db)

const repeat = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index)).join(' ')

it.each([
  [
    'aliases',
    `{ viewer { ${repeat(31, (index) => `a${index}: scopes`)} } }`,
    'The operation has more than 30 aliases. Split it into several operations.',
  ],
  [
    'aliases in fragments',
    `{ viewer { ...f } } fragment f on Viewer { ${repeat(31, (index) => `a${index}: scopes`)} }`,
    'more than 30 aliases',
  ],
  ['root fields', `{ ${repeat(21, () => '__typename')} }`, 'The operation has more than 20 root fields. Split it into several operations.'],
  [
    'root fields in fragments',
    `{ ...a ... { ...b } } fragment a on Query { ${repeat(11, () => '__typename')} } fragment b on Query { ${repeat(10, () => '__typename')} }`,
    'more than 20 root fields',
  ],
  [
    'directives',
    `{ viewer { scopes ${repeat(11, () => '@include(if: true)')} } }`,
    'The operation has more than 10 directives. Split it into several operations.',
  ],
  [
    'a long alias',
    `{ ${'a'.repeat(900_000)}: viewer { scopes } }`,
    'The name "aaaaaaaaaaaaaaaaaaaa…" has 900000 characters; at most 200 are allowed.',
  ],
  ['a long field name', `{ viewer { ${'a'.repeat(201)} } }`, 'has 201 characters'],
])('a document with too many or too long %s is refused', async (_what, query, message) => {
  const { data, errors } = await run(key, query)
  expect(data).toBeUndefined()
  expect(errors).toMatchObject([{ message: expect.stringContaining(message), extensions: { code: 'OPERATION_TOO_EXPENSIVE' } }])
})

it('a document at the limits is answered', async () => {
  const fragment = `fragment a on Query { ${repeat(19, () => '__typename')} }`
  const query = `{ viewer { ${repeat(30, (index) => `a${index}: scopes`)} ${'s'.repeat(0)} } ...a ...a } ${fragment}`
  const { data, errors } = await run(key, query)
  expect(errors).toBeUndefined()
  expect(Object.keys(data.viewer)).toHaveLength(30)
})

it('a cache of documents is bounded by their size in memory', () => {
  const { documentCache, errorCache } = createDocumentCache(1_000_000)
  for (let index = 0; index < 100; index++) {
    const text = `{ a${index}: viewer { ${'scopes '.repeat(50)} } # ${'x'.repeat(20_000)}\n }`
    documentCache.set(text, parse(text))
    errorCache.set(text, new Error(text))
  }
  expect(documentCache.size).toBeGreaterThan(5)
  expect(documentCache.calculatedSize).toBeLessThanOrEqual(1_000_000)
  expect(errorCache.calculatedSize).toBeLessThanOrEqual(100_000)
  const huge = `{ viewer { scopes } } # ${'x'.repeat(900_000)}`
  documentCache.set(huge, parse(huge))
  expect(documentCache.get(huge)).toBeUndefined()
})
