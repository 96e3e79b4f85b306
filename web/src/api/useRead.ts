import { useEffect, useRef, useState } from 'react'
import { type AnyVariables, useQuery } from 'urql'
import type { TypedDocumentString } from '../generated/graphql.ts'
import { type Explanation, explainAll } from './explain.ts'
import { useLive } from './live.tsx'

export interface Read<Data> {
  data: Data | undefined
  /** What is missing in `data` or in all, and why. */
  problems: Explanation[]
  /** Whether there is nothing to show yet. */
  loading: boolean
  /** Whether newer data are on their way. */
  refreshing: boolean
  retry: () => void
}

/** Reads what a part of the page shows: again when somebody changed something, and again after a fault that may pass. */
export function useRead<Data, Variables extends AnyVariables>(
  operation: TypedDocumentString<Data, Variables>,
  variables: Variables,
  { pause = false }: { pause?: boolean } = {},
): Read<Data> {
  const [result, reexecute] = useQuery<Data, AnyVariables>({
    query: operation.toString(),
    variables,
    requestPolicy: 'cache-and-network',
    pause,
  })
  const { data, error, fetching, stale } = result
  const { changes } = useLive()
  const [failures, setFailures] = useState(0)
  const read = useRef(() => {})
  read.current = () => {
    if (!pause) reexecute({ requestPolicy: 'network-only' })
  }

  useEffect(() => {
    if (changes > 0) read.current()
  }, [changes])

  const passing = explainAll(error).some(({ retryAfter }) => retryAfter !== null)
  useEffect(() => {
    if (fetching || stale) return
    if (!passing) return setFailures(0)
    setFailures((before) => before + 1)
  }, [fetching, stale, passing])

  const problems = explainAll(error, Math.max(1, failures))
  const wait = problems.find(({ retryAfter }) => retryAfter !== null)?.retryAfter ?? null
  useEffect(() => {
    if (wait === null || failures === 0) return
    const timer = window.setTimeout(() => read.current(), wait * 1_000)
    return () => window.clearTimeout(timer)
  }, [wait, failures])

  return {
    data,
    problems,
    loading: data === undefined && error === undefined,
    refreshing: fetching || stale === true,
    retry: () => read.current(),
  }
}
