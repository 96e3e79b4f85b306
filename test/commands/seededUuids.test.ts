import { expect, it } from 'vitest'
import { seededUuids } from '../../src/commands/seededUuids.ts'

it('the ids of a plan are those of its seed, so that a plan that is computed again has the same', () => {
  const newUuid = seededUuids('a')
  expect([newUuid(), newUuid()]).toEqual(['0ed32d33-52f0-8ddd-a8b0-3a266c387e1a', '2b2c40a6-706d-8e5f-a20d-553628313833'])
  expect(seededUuids('b')()).not.toBe(seededUuids('a')())
})
