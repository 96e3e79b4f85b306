import { expect, it } from 'vitest'
import { explainClickHouseError } from '../../../src/database/clickhouse/clickHouseError.ts'
import { EventsTooLargeError } from '../../../src/database/events/eventStoreErrors.ts'
import { faultOf } from '../../../src/database/faults.ts'

const refused = (code: string, message = 'Something is wrong.') => Object.assign(new Error(message), { code, type: 'X' })

it.each([
  ['159', { kind: 'timeout', timeout: 'STATEMENT' }],
  ['160', { kind: 'timeout', timeout: 'STATEMENT' }],
  ['202', { kind: 'unavailable' }],
  ['210', { kind: 'unavailable' }],
  ['394', { kind: 'unavailable' }],
  ['999', { kind: 'unavailable' }],
  ['60', null],
  ['516', null],
])('takes the code %s for %j', (code, fault) => {
  expect(faultOf(explainClickHouseError(refused(code)))).toEqual(fault)
})

it('tells a query that is too large from a server that is full', () => {
  expect(explainClickHouseError(refused('241', 'Query memory limit exceeded: would use 11 MiB'))).toBeInstanceOf(EventsTooLargeError)
  expect(faultOf(explainClickHouseError(refused('241', '(total) memory limit exceeded: would use 11 GiB')))).toEqual({
    kind: 'unavailable',
  })
  expect(explainClickHouseError(refused('396'))).toBeInstanceOf(EventsTooLargeError)
})

it.each([
  ['60', 'EVENTS_TABLE'],
  ['47', 'EVENTS_COLUMNS'],
  ['516', 'EVENTS_URL'],
  ['164', 'readonly = 2'],
])('advises operators about the code %s: %s', (code, advice) => {
  const { message, cause } = explainClickHouseError(refused(code))
  expect(message).toContain(`(code ${code})`)
  expect(message).toContain(advice)
  expect(cause).toBeInstanceOf(Error)
})

it('takes anything else for a fault on the way', () => {
  for (const error of [
    new Error('Timeout error.'),
    Object.assign(new Error('no'), { code: 'ECONNREFUSED', syscall: 'connect' }),
    new SyntaxError('JSON'),
  ]) {
    expect(faultOf(explainClickHouseError(error))).toEqual({ kind: 'unavailable' })
  }
})
