import type { Follower, Followers } from '../database/pubsub/changeFeed.ts'

interface Source<Row> extends Pick<Follower, 'kind' | 'projectId' | 'keyHash'> {
  followers: Followers
  /** Whether the reader may still read; asked before each row, and now and then. Throws the refusal that ends the stream. */
  admit(): Promise<void>
  /** How often it is asked while nothing happens, in milliseconds. */
  interval: number
  /** What is shown of a changed thing; null for one that the reader may not see. */
  read(id: number): Promise<Row | null>
}

/**
 * The things of a kind in a project, each when it has changed, as it is when the reader gets to it: a slow reader is shown the last of
 * several changes. What waits is one number a thing, so that nothing piles up.
 */
export async function updateStream<Row>(source: Source<Row>): Promise<AsyncIterableIterator<Row>> {
  const { followers, kind, projectId, keyHash, admit, interval, read } = source
  const waiting = new Set<number>()
  let wake = () => {}
  let open = true
  let failure: Error | null = null
  // It may end before it has begun: when the server stops meanwhile.
  let stop = () => {}

  stop = await followers.follow({
    kind,
    projectId,
    keyHash,
    changed: (id) => {
      waiting.add(id)
      wake()
    },
    ended: (error) => {
      failure = error
      end()
    },
  })
  function end() {
    if (!open) return
    open = false
    waiting.clear()
    stop()
    wake()
  }

  /** The next row; null when there was nothing to show, or the stream has ended. */
  async function take(): Promise<Row | null> {
    if (waiting.size === 0) await somethingOr(interval)
    if (!open) return null
    await admit()
    const [id] = waiting
    if (id === undefined) return null
    waiting.delete(id)
    return read(id)
  }

  function somethingOr(milliseconds: number): Promise<void> {
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
          const row = await take()
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
