import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/platform/clock.ts'
import { createRepeatedLines } from '../../src/server/repeatedLines.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function recorded() {
  const lines: [kind: string, unreported: number][] = []
  const write = createRepeatedLines(systemClock)
  return { lines, event: (kind: string) => write(kind, (unreported) => lines.push([kind, unreported])) }
}

it('writes the first event at once, and each kind for itself', () => {
  const { lines, event } = recorded()
  event('slow')
  event('reset')
  expect(lines).toEqual([
    ['slow', 0],
    ['reset', 0],
  ])
})

it('writes a flood as a count each ten seconds, and the rest when the flood is over', () => {
  const { lines, event } = recorded()
  for (let n = 0; n < 1_000; n++) event('reset')
  expect(lines).toEqual([['reset', 0]])
  vi.advanceTimersByTime(10_000)
  expect(lines).toEqual([
    ['reset', 0],
    ['reset', 999],
  ])
  event('reset')
  vi.advanceTimersByTime(60_000)
  expect(lines.slice(2)).toEqual([['reset', 1]])
})

it('writes at once again after a quiet time', () => {
  const { lines, event } = recorded()
  event('reset')
  vi.advanceTimersByTime(10_000)
  event('reset')
  expect(lines).toEqual([
    ['reset', 0],
    ['reset', 0],
  ])
})
