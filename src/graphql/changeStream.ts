import { Repeater } from 'graphql-yoga'
import type { ChangeFeed, ChangeSubscriber } from '../database/pubsub/changeFeed.ts'

interface ChangeStreamOptions<Row> extends Pick<ChangeSubscriber, 'kind' | 'projectId' | 'keyHash'> {
  changeFeed: ChangeFeed
  /** Checks that the subscriber may still read, before each row and at intervals. If it throws, the stream ends with that error. */
  authorize(): Promise<void>
  /** How often to check while nothing happens, in milliseconds. */
  recheckIntervalMs: number
  /** Reads a changed row. Null if the subscriber may not see it. */
  load(id: number): Promise<Row | null>
}

/**
 * Streams the rows of a kind in a project when they change. A row is read only when the subscriber requests the next one. Several changes
 * of one row wait as one id, so that a slow subscriber gets the latest state and the queue stays short.
 */
export async function createChangeStream<Row>(options: ChangeStreamOptions<Row>): Promise<AsyncIterableIterator<Row>> {
  const { changeFeed, kind, projectId, keyHash, authorize, recheckIntervalMs, load } = options
  const pendingIds = new Set<number>()
  let ended = false
  let failure: unknown
  let wake = () => {}
  const onChange = (id: number) => {
    pendingIds.add(id)
    wake()
  }
  const onClose = (error: unknown) => {
    ended = true
    failure = error
    wake()
  }
  const change = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, recheckIntervalMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const unsubscribe = await changeFeed.subscribe({ kind, projectId, keyHash, onChange, onClose })
  const rows = new Repeater<Row>(async (push, stop) => {
    stop.then(() => onClose(null))
    try {
      while (!ended) {
        if (pendingIds.size === 0) await change()
        if (ended) break
        await authorize()
        const [id] = pendingIds
        if (id === undefined) continue
        pendingIds.delete(id)
        const row = await load(id)
        if (row !== null && !ended) await push(row)
      }
    } catch (error) {
      failure ??= error
    }
    unsubscribe()
    stop(failure)
  })
  const end = rows.return.bind(rows)
  // A Repeater that ends before its first `next` never runs, so it would stay subscribed.
  rows.return = (value) => {
    unsubscribe()
    return end(value)
  }
  return rows
}
