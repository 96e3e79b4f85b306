import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { explainFailure } from '../../src/database/explainFailure.ts'
import { OperatorError } from '../../src/platform/operatorError.ts'
import { testServer } from '../support/testServer.ts'

const { db } = await testServer()
const failing = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: unknown) => explainFailure(error),
  )

it('says what to do about what the operator can mend', async () => {
  expect(explainFailure(new OperatorError('Name a project.'))).toBe('Name a project.')
  expect(await failing(readFile('no/such/file'))).toBe(
    'no/such/file does not exist, or its folder does not. Check the path. To write there, create the folder first.',
  )
  const readOnly = db.$transaction(async (tx) => {
    await tx.$executeRaw`SET TRANSACTION READ ONLY`
    await tx.organization.create({ data: { name: 'x' } })
  })
  expect(await failing(readOnly)).toMatch(/^The database refused: cannot execute INSERT in a read-only transaction\. It takes no writes\./)
})

it.each([
  ['42501', /rights/],
  ['53100', /disk is full/],
])('knows the code %s of pg and of Prisma', (code, advice) => {
  const pgError = Object.assign(new Error('no'), { severity: 'ERROR', code })
  expect(explainFailure(pgError)).toMatch(advice)
  const cause = { originalCode: code, originalMessage: 'no' }
  expect(explainFailure(Object.assign(new Error('Invalid'), { meta: { driverAdapterError: { cause } } }))).toMatch(advice)
})

it('leaves bugs their stack trace', async () => {
  expect(explainFailure(new TypeError('x is not a function'))).toBeNull()
  expect(explainFailure(undefined)).toBeNull()
  expect(await failing(db.$queryRaw`SELECT nothing`)).toBeNull()
})
