import { expect, it } from 'vitest'
import { seedFlag } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { db } = await testServer()

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
