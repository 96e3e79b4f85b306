import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchPattern } from '../../../src/platform/regex/regex.ts'

const plenty = () => ({ steps: 10_000_000 })
const search = (pattern: string, text: string) => searchPattern(pattern, text, plenty())

describe('a pattern', () => {
  it.each([
    ['corp\\.test$', 'desk@corp.test', true],
    ['^desk', 'a desk', false],
    ['a|b|c', 'xxc', true],
    ['^(?:ab|a)c$', 'abc', true],
    ['^a{2,3}$', 'aaaa', false],
    ['^a{2,}$', 'aaaa', true],
    ['a{,2}', 'a{,2}', true],
    ['^[a-z]+@[^@]+$', 'desk@corp', true],
    ['^[]a]+$', ']a]', true],
    ['[[:alpha:]]{3}', '12abc', true],
    ['^[[:^digit:]]+$', 'a1', false],
    ['^[^\\d]$', '1', false],
    ['(?i)CORP', 'desk@corp.test', true],
    ['CORP', 'desk@corp.test', false],
    ['(?i:C)orp', 'corp', true],
    ['(?i:C)orp', 'ORP', false],
    ['(?i)straße', 'STRAßE', true],
    ['(?i)é', 'É', true],
    ['(?i)[^a]', 'A', false],
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['(?m)^b$', 'a\nb', true],
    ['^b$', 'a\nb', false],
    ['(?x) a b # ab', 'ab', true],
    ['a(?#comment)b', 'ab', true],
    ['(?=.*\\d)^\\w+$', 'abc1', true],
    ['^(?!admin)', 'admin1', false],
    ['(?<=@)corp', 'desk@corp', true],
    ['(?<!@)corp', 'desk@corp', false],
    ['(?<=a+)b', 'aaab', true],
    ['(?<=(?=ab)..)c', 'abc', true],
    ['^(a+)-\\1$', 'aa-aa', true],
    ['^(a+)-\\1$', 'aa-a', false],
    ['(?<x>a|b)\\k<x>', 'abb', true],
    ['(?P<x>a|b)(?P=x)', 'aba', false],
    ['(?i)(a)\\1', 'aA', true],
    ['^(?>a+)ab', 'aaab', false],
    ['^a++a', 'aaa', false],
    ['^(a*)*$', 'aaab', false],
    ['^(a*)*\\1$', 'aaa', true],
    ['\\bcat\\b', 'a cat.', true],
    ['\\bcat\\B', 'a cat.', false],
    ['\\p{Greek}', 'ω', true],
    ['^\\pL+$', 'éa', true],
    ['\\P{L}', 'a', false],
    ['^.$', '😀', true],
    ['\\x41\\u0042\\x{43}', 'ABC', true],
    ['\\A\\d+\\z', '٣4', true],
    ['', '', true],
    ['a*?b', 'aab', true],
    ['(?i)[[a-c][^x]]', 'X', false],
    ['(?i)^[^[k]]$', 'K', false],
    [`^${'a?'.repeat(300)}$`, 'a'.repeat(300), true],
    ['^(?:a{70}){70}$', 'a'.repeat(4_900), true],
  ])('%j in %j: %s', (pattern, text, expected) => {
    expect(search(pattern, text)).toBe(expected)
  })

  it.each([
    ...['((', '(', ')', 'a**b(', '*a', '[a', '[z-a]', '\\', '\\y', '(?<a>b)(?<a>c)', '\\2(a)', '(?z)', '\\p{Nothing}', '(?<', 'a{3,2}'],
    ...['a{1001}', '\\x{110000}', 'a'.repeat(5_001), '('.repeat(150) + ')'.repeat(150), '(?:a{1000}){1000}', '(?:a{71}){71}', '[a&&b]'],
    `a${'*'.repeat(200)}`,
  ])('%# is invalid', (pattern) => {
    expect(search(pattern, 'a'), pattern.slice(0, 100)).toBeNull()
  })

  it('finds what JavaScript finds', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(?:ab)', '(?=a)', '(?!b)', '(?<=a)', '(?<!b)', '^', '$', '\\b')
    const quantified = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '*?', '+?')).map(([item, times]) => {
      return /^(\(\?[=!<]|\^|\$|\\b)/.test(item) ? item : item + times
    })
    const pattern = fc.array(
      fc.array(quantified, { maxLength: 4 }).map((items) => items.join('')),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(pattern, fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }), (options, text) => {
        const source = options.join('|')
        expect(search(source, text.join(''))).toBe(new RegExp(source).test(text.join('')))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['^(a+)+$', `${'a'.repeat(5_000)}b`],
    ['^(a|a)*$', `${'a'.repeat(5_000)}b`],
    ['(x+x+)+y', 'x'.repeat(5_000)],
    ['^(.*a){20}$', `${'a'.repeat(300)}b`],
    ['^(a?){300}a{300}$', `${'a'.repeat(300)}b`],
    ['(?=(a+)+$)b', `${'a'.repeat(2_000)}b`],
    ['^(a+)+\\1$', `${'a'.repeat(60)}b`],
    ['(a*)*\\1b', 'a'.repeat(200)],
    ['(?:(?:(?:a{0,9}){0,9}){0,9}){0,5}b', 'a'.repeat(500)],
    ['(?<=(a+)+b)c', `${'a'.repeat(1_000)}c`],
    [`[${'b'.repeat(4_900)}]c`, 'a'.repeat(60_000)],
    [`(?i)${'['.repeat(90)}b${']'.repeat(90)}c`, 'a'.repeat(5_000)],
    [`(?i)[${'\\p{Lu}'.repeat(800)}]c`, 'é'.repeat(30_000)],
  ])('%s on a hostile text takes few steps', (pattern, text) => {
    const work = plenty()
    expect([false, null]).toContain(searchPattern(pattern, text, work))
    expect(10_000_000 - work.steps).toBeLessThan(220_000)
  })

  it('takes more steps for a class of many items', () => {
    const stepsOf = (pattern: string) => {
      const work = plenty()
      searchPattern(pattern, 'a'.repeat(100), work)
      return 10_000_000 - work.steps
    }
    expect(stepsOf('[b-d]')).toBeLessThan(300)
    expect(stepsOf(`[${'b'.repeat(800)}]`)).toBeGreaterThan(100 * 100)
    expect(stepsOf(`(?i)[${'b'.repeat(800)}]`)).toBeGreaterThan(800 * 100)
  })

  it('does not hold once the request has no steps left', () => {
    expect(searchPattern('a', 'a', { steps: 0 })).toBeNull()
  })
})
