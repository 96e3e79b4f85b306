import { expect, it } from 'vitest'
import { getExperimentStatus } from '../../../../src/features/experiments/rules/status.ts'

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
