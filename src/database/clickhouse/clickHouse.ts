import type { ClickHouseSettings } from '@clickhouse/client'
import type { Observer } from '../../platform/activity.ts'
import { cancellation, remainingMs } from '../../platform/cancellation.ts'
import type { Config } from '../../platform/config.ts'
import { OperatorError } from '../../platform/operatorError.ts'
import { parseEventsUrl } from '../../platform/settings/eventsSettings.ts'
import { EventStoreFault } from '../events/eventStoreErrors.ts'
import { observeStatement } from '../statements/observeStatements.ts'
import { explainClickHouseError } from './clickHouseError.ts'

/** A query, and what its placeholders stand for: `{name:Type}`. Texts are always placeholders. */
export interface ClickHouseQuery {
  sql: string
  values: Readonly<Record<string, unknown>>
  /** The rows that it may answer. More are an error. */
  maxRows: number
}

export interface ClickHouse {
  /**
   * Asks for rows. 64-bit integers come as texts. The query is stopped when the time of its request is up, and when its caller is gone.
   *
   * @param limitMs how long it may run; by default, as the settings say
   * @throws EventStoreFault if ClickHouse cannot answer, or not in time.
   * @throws EventsTooLargeError if it takes too much memory, or has too many rows.
   */
  ask(query: ClickHouseQuery, limitMs?: number): Promise<unknown[][]>
  close(): Promise<void>
}

/** How much longer than a query may run its answer is waited for, in milliseconds. */
const graceMs = 2_000
/** How many queries run at once. Others wait. */
const maxConnections = 20
/** The size that an answer may have. In memory it takes several times as much. */
const maxAnswerBytes = 100_000_000

const constantSettings: ClickHouseSettings = {
  // A query can read, and set what it is limited by.
  readonly: '2',
  cancel_http_readonly_queries_on_client_close: 1,
  // An error that comes late is an error of the answer, and not a text in the middle of it.
  wait_end_of_query: 1,
  output_format_json_quote_64bit_integers: 1,
  result_overflow_mode: 'throw',
  timeout_overflow_mode: 'throw',
  max_result_bytes: String(maxAnswerBytes),
}

/**
 * Makes a client of ClickHouse's HTTP interface. It connects with the first query, so that nothing waits for it at the start. The observer is
 * told of each query.
 */
export async function openClickHouse(
  url: string,
  { eventsTimeoutMs, eventsMaxMemoryBytes }: Pick<Config, 'eventsTimeoutMs' | 'eventsMaxMemoryBytes'>,
  observer?: Observer,
): Promise<ClickHouse> {
  const server = parseEventsUrl(url)
  if (typeof server === 'string') throw new OperatorError(`EVENTS_URL ${server}.`)
  // Loaded only if it is used.
  const { createClient, ClickHouseLogLevel } = await import('@clickhouse/client')
  const client = createClient({
    ...server,
    application: 'experiments-graph',
    // Each query has its own limit, which comes first.
    request_timeout: 24 * 60 * 60 * 1_000,
    max_open_connections: maxConnections,
    // Long lists of names do not fit into an address.
    use_multipart_params_auto: true,
    // Whoever gets an error logs it.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { ...constantSettings, max_memory_usage: String(eventsMaxMemoryBytes) },
  })

  return {
    ask: async ({ sql, values, maxRows }, limitMs = eventsTimeoutMs) => {
      const cancelled = cancellation()
      cancelled?.throwIfAborted()
      const runMs = Math.max(1, Math.floor(Math.min(limitMs, remainingMs())))
      const late = AbortSignal.timeout(runMs + graceMs)
      try {
        return await observeStatement('clickhouse', sql, observer, async () => {
          const answer = await client.query({
            query: sql,
            query_params: { ...values },
            format: 'JSONCompact',
            abort_signal: cancelled === undefined ? late : AbortSignal.any([cancelled, late]),
            // Whole seconds, because older versions take no others.
            clickhouse_settings: { max_execution_time: Math.ceil(runMs / 1_000), max_result_rows: String(maxRows) },
          })
          return (await answer.json<unknown[]>()).data
        })
      } catch (error) {
        cancelled?.throwIfAborted()
        if (late.aborted) throw new EventStoreFault('unavailable', 'ClickHouse does not answer.', error)
        throw explainClickHouseError(error)
      }
    },
    close: () => client.close(),
  }
}
