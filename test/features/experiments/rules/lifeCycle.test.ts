import { describe, expect, it } from 'vitest'
import type { Experiment } from '../../../../src/database/generated/client.ts'
import {
  archiveBlocker,
  assertState,
  endBlocker,
  launchBlocker,
  pauseBlocker,
  resetBlocker,
  resumeBlocker,
  shipBlocker,
  unarchiveBlocker,
  unfreezeBlocker,
} from '../../../../src/features/experiments/rules/lifeCycle.ts'
import { InvalidStateError } from '../../../../src/platform/domainErrors.ts'

// What the state of an experiment and its flag allows.

type Dates = Pick<Experiment, 'startDate' | 'endDate' | 'archived'>
const startDate = new Date('2026-11-01')
const endDate = new Date('2026-11-10')
const draft: Dates = { startDate: null, endDate: null, archived: false }
const running = { ...draft, startDate }
const ended = { ...running, endDate }
const archived = { ...ended, archived: true }
/** An import can leave a draft with an end. */
const endedDraft = { ...draft, endDate }

const on = { active: true, archived: false, deleted: false, exposureFrozen: false }
const off = { ...on, active: false }
const offAndArchived = { ...off, archived: true }
const deleted = { ...on, deleted: true }

const notLaunched = 'Experiment has not been launched yet.'
const hasEnded = 'Experiment has already ended.'
const noFlag = 'Experiment does not have a feature flag linked.'
const flagIsArchived = 'Cannot enable an archived feature flag. Unarchive it first.'

type Blocker = (experiment: Dates, flag: typeof on) => string | null

describe.each<[string, Blocker, [string, Dates, typeof on, string | null][]]>([
  [
    'launching',
    launchBlocker,
    [
      ['a draft', draft, off, null],
      ['a draft with a flag that is on', draft, on, null],
      ['a running one', running, on, 'Experiment has already been launched.'],
      ['one that has ended', ended, off, 'Experiment has already been launched.'],
      ['a draft with a deleted flag', draft, deleted, 'Experiment cannot be launched because its feature flag has been deleted.'],
      ['a draft with an archived flag', draft, offAndArchived, flagIsArchived],
    ],
  ],
  [
    'pausing',
    pauseBlocker,
    [
      ['a running one', running, on, null],
      ['a draft', draft, on, notLaunched],
      ['one that has ended', ended, on, hasEnded],
      ['one without a flag', running, deleted, noFlag],
      ['one that is paused', running, off, 'Experiment is already paused.'],
    ],
  ],
  [
    'resuming',
    resumeBlocker,
    [
      ['a paused one', running, off, null],
      ['a draft', draft, off, notLaunched],
      ['one that has ended', ended, off, hasEnded],
      ['one without a flag', running, { ...off, deleted: true }, noFlag],
      ['a running one', running, on, 'Experiment is not paused.'],
      ['one with an archived flag', running, offAndArchived, flagIsArchived],
    ],
  ],
  [
    'ending',
    endBlocker,
    [
      ['a running one', running, on, null],
      ['a draft', draft, on, notLaunched],
      ['one that has ended', ended, on, hasEnded],
    ],
  ],
  [
    'shipping',
    shipBlocker,
    [
      ['a running one', running, on, null],
      ['a paused one', running, off, null],
      ['one that has ended', ended, on, null],
      ['a draft', draft, on, notLaunched],
      ['one without a flag', running, deleted, 'Experiment does not have a linked feature flag.'],
    ],
  ],
  [
    'archiving',
    archiveBlocker,
    [
      ['one that has ended', ended, on, null],
      ['a running one', running, on, 'Experiment must be ended before it can be archived.'],
      ['a draft', draft, on, 'Experiment must be ended before it can be archived.'],
      ['a draft with an end', endedDraft, on, 'Experiment must be ended before it can be archived.'],
      ['one that is archived', archived, on, 'Experiment is already archived.'],
      ['one that is archived and not ended', { ...running, archived: true }, on, 'Experiment is already archived.'],
    ],
  ],
  [
    'unarchiving',
    unarchiveBlocker,
    [
      ['one that is archived', archived, on, null],
      ['another', ended, on, 'Experiment is not archived.'],
    ],
  ],
  [
    'resetting',
    resetBlocker,
    [
      ['a running one', running, on, null],
      ['one that has ended', ended, on, null],
      ['a draft', draft, on, 'Experiment is already in draft state.'],
    ],
  ],
])('%s', (_action, blocker, cases) => {
  it.each(cases)('%s', (_name, experiment, flag, expected) => {
    expect(blocker(experiment, flag)).toBe(expected)
  })
})

describe('unfreezing', () => {
  const frozen = { ...on, filters: { groups: [{ properties: [], exposure_frozen: true }] } }
  it.each([
    ['a frozen one', running, frozen, null],
    ['one that has ended', ended, frozen, null],
    ['a draft', draft, frozen, notLaunched],
    ['one without a flag', running, { ...frozen, deleted: true }, noFlag],
    ['one that is not frozen', running, { ...on, filters: { groups: [{ properties: [] }] } }, 'Experiment exposure is not frozen.'],
  ])('%s', (_name, experiment, flag, expected) => {
    expect(unfreezeBlocker(experiment, flag)).toBe(expected)
  })
})

it('what is not allowed is an error with the status of the experiment', () => {
  expect(() => assertState(null, running, on)).not.toThrow()
  expect(() => assertState('No.', running, off)).toThrow(new InvalidStateError('No.', 'PAUSED'))
  expect(() => assertState('No.', draft, off)).toThrow(expect.objectContaining({ message: 'No.', state: 'DRAFT' }))
})
