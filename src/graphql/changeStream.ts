import type { ChangeFeed, ChangeSubscriber } from '../database/pubsub/changeFeed.ts'

interface ChangeStreamOptions<Row> extends Pick<ChangeSubscriber, 'kind' | 'projectId' | 'keyHash'> {
  changeFeed: ChangeFeed
  /** Whether the reader may still read; asked before each row, and now and then. Throws the refusal that ends the stream. */
  authorize(): Promise<void>
  /** How often it is asked while nothing happens, in milliseconds. */
  recheckIntervalMs: number
  /** What is shown of a changed thing; null for one that the reader may not see. */
  load(id: number): Promise<Row | null>
}

/**
 * The things of a kind in a project, each when it has changed, as it is when the reader gets to it: a slow reader is shown the last of
 * several changes. What waits is one number a thing, so that nothing piles up.
 */
export async function createChangeStream<Row>(options: ChangeStreamOptions<Row>): Promise<AsyncIterableIterator<Row>> {
  const { changeFeed, kind, projectId, keyHash, authorize, recheckIntervalMs, load } = options
  const pendingIds = new Set<number>()
  let wake = () => {}
  let open = true
  let failure: Error | null = null
  // It may end before it has begun: when the server stops meanwhile.
  let unsubscribe = () => {}

  unsubscribe = await changeFeed.subscribe({
    kind,
    projectId,
    keyHash,
    onChange: (id) => {
      pendingIds.add(id)
      wake()
    },
    onClose: (error) => {
      failure = error
      end()
    },
  })
  function end() {
    if (!open) return
    open = false
    pendingIds.clear()
    unsubscribe()
    wake()
  }

  /** The next row; null when there was nothing to show, or the stream has ended. */
  async function nextRow(): Promise<Row | null> {
    if (pendingIds.size === 0) await waitForChange(recheckIntervalMs)
    if (!open) return null
    await authorize()
    const [id] = pendingIds
    if (id === undefined) return null
    pendingIds.delete(id)
    return load(id)
  }

  function waitForChange(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  const rows: AsyncIterableIterator<Row> = {
    async next() {
      try {
        while (open) {
          const row = await nextRow()
          if (row !== null && open) return { done: false, value: row }
        }
      } catch (error) {
        end()
        throw error
      }
      if (failure !== null) {
        const error = failure
        failure = null
        throw error
      }
      return { done: true, value: undefined }
    },
    async return() {
      end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => rows,
  }
  return rows
}
