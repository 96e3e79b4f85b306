import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Kind, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { allScopes } from '../../src/auth/scopes.ts'
import { errorCodes } from '../../src/graphql/errors.ts'
import { anchors, document, documents, localLinks, sentences, wordCount } from './documents.ts'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }

describe.each(documents)('$path', ({ path, text, blocks }) => {
  it('links only to files and headings that exist', () => {
    const broken = localLinks(text).filter((link) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      if (!existsSync(target)) return true
      return anchor !== undefined && !anchors(readFileSync(target, 'utf8')).has(anchor)
    })
    expect(broken).toEqual([])
  })

  it('names only scripts that package.json has', () => {
    const named = [...text.matchAll(/\bnpm (?:run (?:-s )?([a-z][\w:-]*)|(start|test)\b)/g)].map(([, run, short]) => run ?? short ?? '')
    expect([...new Set(named)].filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it('names only files and folders that exist', () => {
    const inCode = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
    const paths = inCode.filter((code) => /^(src|test|prisma|tools|interop|bench|examples|docs)\/[\w./-]*$/.test(code))
    expect(paths.filter((named) => !existsSync(named))).toEqual([])
  })

  it('has JSON that parses', () => {
    for (const { language, text: json } of blocks) if (language === 'json') expect(() => JSON.parse(json), json).not.toThrow()
  })

  it('has no sentence of more than 35 words', () => {
    expect(sentences(text).filter((sentence) => wordCount(sentence) > 35)).toEqual([])
  })
})

it.each([
  ['README.md', 120],
  ['docs/glossary.md', 30],
])('%s has at most %i lines', (path, most) => {
  expect(document(path).text.trimEnd().split('\n').length).toBeLessThanOrEqual(most)
})

it('has short decision records, each with its number, context, decision and consequences', () => {
  const records = documents.filter(({ path }) => path.startsWith('docs/decisions/0'))
  expect(records.length).toBeGreaterThanOrEqual(10)
  for (const [index, { path, text }] of records.entries()) {
    const number = String(index + 1).padStart(4, '0')
    expect(path).toMatch(new RegExp(`^docs/decisions/${number}-[a-z0-9-]+\\.md$`))
    expect(text).toMatch(new RegExp(`^# ${number}: .+\\n\\n## Context\\n[\\s\\S]+\\n## Decision\\n[\\s\\S]+\\n## Consequences\\n`))
    expect(text.trimEnd().split('\n').length, path).toBeLessThan(25)
    expect(document('docs/decisions/README.md').text).toContain(`](${path.replace('docs/decisions/', '')})`)
  }
})

it('explains every error code of queries, and no other', () => {
  const section = /\n## Errors\n[\s\S]*?(?=\n## |$)/.exec(readFileSync('docs/api.md', 'utf8'))?.[0] ?? ''
  const explained = [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)
  expect(explained.sort()).toEqual([...errorCodes].sort())
})

it('explains every root field and every error type of the schema', () => {
  const types = parse(readFileSync('schema.graphql', 'utf8')).definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION)
  const fields = types.filter(({ name }) => ['Query', 'Mutation', 'Subscription'].includes(name.value)).flatMap(({ fields = [] }) => fields)
  const errors = types.filter(({ interfaces = [] }) => interfaces.some(({ name }) => name.value === 'Error'))
  const text = documents.map((one) => (one.path.startsWith('docs/') ? one.text : '')).join('\n')
  expect(fields.length).toBeGreaterThan(20)
  expect(errors.length).toBeGreaterThan(10)
  const names = [...fields, ...errors].map(({ name }) => name.value)
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([])
})

it('explains each scope that the schema asks for, and no other', () => {
  const rows = [...readFileSync('docs/auth.md', 'utf8').matchAll(/^\| `(\w+)` \|(.*)\|(.*)\|$/gm)]
  const explained = rows.flatMap(([, object, read, write]) => [
    ...(read?.trim() ? [`${object}:read`] : []),
    ...(write?.trim() ? [`${object}:write`] : []),
  ])
  const schema = readFileSync('schema.graphql', 'utf8')
  expect(explained.sort()).toEqual(allScopes.filter((scope) => scope !== '*' && schema.includes(`\`${scope}\``)).sort())
})

describe('the measures of this test', () => {
  it('counts the words of sentences, in paragraphs, lists and tables', () => {
    const text = '# A heading\n\nOne two.\nThree `four. five` [six](seven.md)!\n- Eight\n  nine\n\n| ten | eleven twelve |\n| --- | --- |\n'
    expect(sentences(text)).toEqual(['One two.', 'Three four.-five six!', 'Eight nine', 'ten', 'eleven twelve'])
    expect(sentences(text).map(wordCount)).toEqual([2, 3, 2, 1, 2])
  })

  it('knows the anchors of headings', () => {
    expect(anchors('# `POST /graphql`, and more\n```sh\n# no heading\n```\n## Same\n## Same\n')).toEqual(
      new Set(['post-graphql-and-more', 'same', 'same-1']),
    )
  })
})
