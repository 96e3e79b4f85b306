import { createClient, type Client as SocketClient } from 'graphql-ws/client'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import {
  ExperimentChangesDocument,
  type ExperimentChangesSubscription,
  RequestChangesDocument,
  type RequestChangesSubscription,
  type TypedDocumentString,
} from '../generated/graphql.ts'
import { lower } from '../ui/words.ts'
import type { ApiError } from './explain.ts'
import { socketEndpoint } from './place.ts'

export type LiveState = 'connecting' | 'live' | 'off'

interface Live {
  state: LiveState
  /** Grows with each change that other people made. What is on the page is then read again. */
  changes: number
  /** The latest change, in a sentence. */
  latest: string
}

const LiveContext = createContext<Live>({ state: 'off', changes: 0, latest: '' })
export const useLive = () => useContext(LiveContext)

/** At most so often is the page read again, in milliseconds. */
const pause = 400
/** After a subscription was ended by the server. */
const resubscribeAfter = 5_000

/**
 * Follows the changes of a project. One WebSocket carries all subscriptions, so that many tabs do not use up the browser's connections.
 * After a broken connection, everything is read again, because events are not stored.
 */
export function LiveProvider({
  apiKey,
  project,
  scopes,
  children,
}: {
  apiKey: string
  project: string
  scopes: Scopes
  children: ReactNode
}) {
  const [live, setLive] = useState<Live>({ state: 'connecting', changes: 0, latest: '' })
  const { experiments, approvals } = scopes

  useEffect(() => {
    if (!experiments && !approvals) return setLive({ state: 'off', changes: 0, latest: '' })
    let timer: number | undefined
    let latest = ''
    let connections = 0
    const changed = (sentence: string) => {
      latest = sentence
      timer ??= window.setTimeout(() => {
        timer = undefined
        setLive((before) => ({ ...before, changes: before.changes + 1, latest }))
      }, pause)
    }
    const socket = createClient({
      url: socketEndpoint,
      connectionParams: { authorization: `Bearer ${apiKey}` },
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      on: {
        connected: () => {
          setLive((before) => ({ ...before, state: 'live' }))
          if (connections++ > 0) changed('')
        },
        closed: () => setLive((before) => ({ ...before, state: 'connecting' })),
      },
    })
    const stops = [
      ...(experiments
        ? [
            follow<ExperimentChangesSubscription>(socket, ExperimentChangesDocument, project, ({ experimentUpdated: experiment }) => {
              if (experiment != null) changed(`The experiment ${experiment.name} has changed. It is ${lower(experiment.status)}.`)
            }),
          ]
        : []),
      ...(approvals
        ? [
            follow<RequestChangesSubscription>(socket, RequestChangesDocument, project, ({ changeRequestUpdated: request }) => {
              if (request != null) changed(`A change request is ${lower(request.state)}: ${request.description}.`)
            }),
          ]
        : []),
    ]
    // Flags that no experiment uses send no events. Who comes back to the tab sees what is new.
    const seen = () => document.visibilityState === 'visible' && changed('')
    document.addEventListener('visibilitychange', seen)
    return () => {
      window.clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
      for (const stop of stops) stop()
      void socket.dispose()
    }
  }, [apiKey, project, experiments, approvals])

  return <LiveContext value={useMemo(() => live, [live])}>{children}</LiveContext>
}

export interface Scopes {
  experiments: boolean
  approvals: boolean
}

/** Subscribes, and again if the server ends it for a time. A key without the right is not asked again. */
function follow<Data>(
  socket: SocketClient,
  operation: TypedDocumentString<Data, { project: string }>,
  project: string,
  next: (data: Data) => void,
): () => void {
  let timer: number | undefined
  let stop = () => {}
  let stopped = false
  const again = () => {
    if (!stopped) timer = window.setTimeout(start, resubscribeAfter)
  }
  const start = () => {
    stop = socket.subscribe<Data>(
      { query: operation.toString(), variables: { project } },
      {
        next: ({ data }) => {
          if (data != null) next(data)
        },
        error: (error) => {
          const codes = Array.isArray(error) ? (error as ApiError[]).map(({ extensions }) => extensions?.code) : []
          if (!codes.some((code) => code === 'FORBIDDEN' || code === 'NOT_FOUND' || code === 'UNAUTHENTICATED')) again()
        },
        complete: again,
      },
    )
  }
  start()
  return () => {
    stopped = true
    window.clearTimeout(timer)
    stop()
  }
}
