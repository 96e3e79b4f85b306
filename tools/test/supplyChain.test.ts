import { describe, expect, it } from 'vitest'
import { auditVerdict } from '../supplyChain/audit.ts'
import { licenseList, licenseProblems } from '../supplyChain/licenses.ts'

const exception = { name: '@apollo/federation-internals', version: '2.0.0', licenses: [{ license: { id: 'Elastic-2.0' } }] }
const bill = (...components: Parameters<typeof licenseProblems>[0]['components']) => ({ components: [exception, ...components] })

describe('the licenses of the packages', () => {
  it.each([
    ['MIT', [{ license: { id: 'MIT' } }], []],
    [
      'one that nobody allowed',
      [{ license: { id: 'GPL-3.0-only' } }],
      ['a 1.0.0 has the license GPL-3.0-only. Allow it, or use another package.'],
    ],
    ['one of its own', [{ license: { name: 'Custom' } }], [expect.stringContaining('Custom')]],
    ['a choice that nobody read', [{ expression: 'MIT OR GPL-2.0' }], [expect.stringContaining('MIT OR GPL-2.0')]],
    ['none', undefined, [expect.stringContaining('license none')]],
  ])('a package with %s', (_what, licenses, problems) => {
    expect(licenseProblems(bill({ name: 'a', version: '1.0.0', ...(licenses && { licenses }) }))).toEqual(problems)
  })

  it('names an exception that is no longer needed', () => {
    expect(licenseProblems({ components: [] })).toEqual(['The exception for @apollo/federation-internals is not needed.'])
  })

  it('are listed', () => {
    expect(licenseList(bill({ name: 'a', version: '1.0.0', licenses: [{ license: { id: 'MIT' } }] }))).toContain('| a | 1.0.0 | MIT |')
  })
})

it.each([
  ['nothing found', '{"auditReportVersion":2,"metadata":{"vulnerabilities":{"low":1,"high":0,"critical":0}}}', 'clean'],
  ['something serious found', '{"auditReportVersion":2,"metadata":{"vulnerabilities":{"low":0,"high":1,"critical":0}}}', 'findings'],
  ['a registry without an audit', '{"message":"405 Method Not Allowed","statusCode":405,"error":{}}', 'unsupported'],
  ['a registry that is down', '{"message":"503","statusCode":503}', 'failed'],
  ['no answer', '', 'failed'],
])('tells npm audit apart: %s', (_what, json, verdict) => {
  expect(auditVerdict(json)).toBe(verdict)
})
