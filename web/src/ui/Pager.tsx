import { useSearchParams } from 'react-router'
import { count } from './words.ts'

const pageSize = 25

/** The arguments of the page that the address asks for. */
export function usePage() {
  const [params] = useSearchParams()
  const before = params.get('before')
  return before === null ? { first: pageSize, after: params.get('after') } : { last: pageSize, before }
}

/** Changes parameters of the address. What is empty is removed, and the list begins at its start again. */
export function useFilters() {
  const [params, setParams] = useSearchParams()
  const set = (changes: Record<string, string | null>) => {
    setParams(
      (old) => {
        const next = new URLSearchParams(old)
        for (const [name, value] of Object.entries({ after: null, before: null, ...changes })) {
          if (value === null || value === '') next.delete(name)
          else next.set(name, value)
        }
        return next
      },
      { replace: true },
    )
  }
  return [params, set] as const
}

interface Connection {
  totalCount: number
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

export function Pager({ list: { totalCount, pageInfo }, one }: { list: Connection; one: string }) {
  const [, set] = useFilters()
  return (
    <nav className="pager" aria-label="Pages">
      <span className="faint" role="status">
        {count(totalCount, one)}
      </span>
      {(pageInfo.hasPreviousPage || pageInfo.hasNextPage) && (
        <span className="buttons">
          <button
            type="button"
            className="button small"
            disabled={!pageInfo.hasPreviousPage}
            onClick={() => set({ before: pageInfo.startCursor })}
          >
            Previous
          </button>
          <button
            type="button"
            className="button small"
            disabled={!pageInfo.hasNextPage}
            onClick={() => set({ after: pageInfo.endCursor })}
          >
            Next
          </button>
        </span>
      )}
    </nav>
  )
}
