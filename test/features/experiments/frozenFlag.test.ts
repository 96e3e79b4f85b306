import { expect, it } from 'vitest'
import { getExperimentStatus } from '../../../../src/features/experiments/rules/status.ts'
import { seedFlag } from '../../../support/seed.ts'
import { seedTenant, testServer } from '../../../support/testServer.ts'

const { db } = await testServer()
const startDate = new Date('2026-11-01')
const endDate = new Date('2026-11-10')

it('goes by the dates first, then by whether the flag is on, then by the stamps', () => {
  const on = { active: true, exposureFrozen: false }
  const off = { active: false, exposureFrozen: true }
  const frozen = { active: true, exposureFrozen: true }
  for (const flag of [on, off, frozen]) {
    expect(getExperimentStatus({ startDate: null, endDate: null }, flag)).toBe('DRAFT')
    expect(getExperimentStatus({ startDate, endDate }, flag)).toBe('STOPPED')
  }
  expect(getExperimentStatus({ startDate, endDate: null }, on)).toBe('RUNNING')
  expect(getExperimentStatus({ startDate, endDate: null }, off)).toBe('PAUSED')
  expect(getExperimentStatus({ startDate, endDate: null }, frozen)).toBe('EXPOSURE_FROZEN')
})

it.each([
  [true, [{ exposure_frozen: true }]],
  [true, [{ exposure_frozen: true, exposure_frozen_cohort: 7 }, { exposure_frozen: true }]],
  [false, [{ exposure_frozen: true }, {}]],
  [false, [{ exposure_frozen: false }]],
  [false, [{ exposure_frozen: 'true' }]],
  [false, [{ exposure_frozen: null, exposure_frozen_cohort: 7 }]],
  [false, []],
  [false, null],
  [false, 'exposure_frozen'],
  [false, { exposure_frozen: true }],
  [false, [null]],
  [false, ['exposure_frozen']],
])('the flag is frozen (%s) with the condition sets %j', async (exposureFrozen, groups) => {
  const { project } = await seedTenant(db)
  expect((await seedFlag(db, project, { filters: { groups } as never })).exposureFrozen).toBe(exposureFrozen)
})
