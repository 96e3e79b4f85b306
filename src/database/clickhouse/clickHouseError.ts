import { EventStoreFault, EventsTooLargeError } from '../events/eventStoreErrors.ts'

// ClickHouse's error codes: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp

/** It ran, or would run, for longer than it may. */
const timeouts = new Set(['159', '160'])
/** It took more memory, or has more rows, than it may. */
const tooLarge = new Set(['158', '241', '307', '396'])
/** Too busy, starting, stopping, over a quota, or without a server of its own that it needs. */
const unavailable = new Set(['198', '201', '202', '203', '209', '210', '236', '279', '369', '394', '425', '439', '999'])

/** What an operator can do about a refusal. */
const advice: Readonly<Record<string, string>> = {
  '16': 'A column is missing: check EVENTS_COLUMNS.',
  '43': 'A column has a type that this service does not expect: see docs/events.md.',
  '46': 'It lacks a function: it is too old.',
  '47': 'A column is missing: check EVENTS_COLUMNS.',
  '60': 'The table is missing: check EVENTS_TABLE.',
  '81': 'The database is missing: check EVENTS_URL and EVENTS_TABLE.',
  '115': 'It lacks a setting: it is too old.',
  '164': 'The user may not change settings: give it a profile with readonly = 2.',
  '192': 'The user is unknown: check EVENTS_URL.',
  '193': 'The password is wrong: check EVENTS_URL.',
  '194': 'The password is missing: check EVENTS_URL.',
  '452': 'The profile of the user does not allow a setting: see docs/events.md.',
  '497': 'The user may not read the table: grant it SELECT.',
  '516': 'The user or the password is wrong: check EVENTS_URL.',
}

/** Says what an error of the client means. */
export function explainClickHouseError(error: unknown): Error {
  const { code, message } = error as { code?: unknown; message?: string }
  if (typeof code === 'string' && /^\d+$/.test(code)) {
    if (timeouts.has(code)) return new EventStoreFault('timeout', 'ClickHouse stopped a query of events: it took too long.', error)
    // The memory of the whole server: others use it.
    const isBusy = code === '241' && /\(total\)/.test(message ?? '')
    if (tooLarge.has(code) && !isBusy) return new EventsTooLargeError('A query of events is too large for ClickHouse.', { cause: error })
    if (isBusy || unavailable.has(code)) return new EventStoreFault('unavailable', 'ClickHouse cannot answer a query of events now.', error)
    return new Error(`ClickHouse refused a query of events (code ${code}). ${advice[code] ?? ''}`.trim(), { cause: error })
  }
  // What is no error of ClickHouse itself is one of the way there: the network, a proxy, an answer that broke off.
  return new EventStoreFault('unavailable', 'ClickHouse cannot be reached', error)
}
