import { useState } from 'react'
import { type AnyVariables, useClient } from 'urql'
import type { RefusalFragment, TypedDocumentString } from '../generated/graphql.ts'
import { type Explanation, explainAll } from './explain.ts'

/** What came of a change. */
export type Outcome<Result> =
  | { kind: 'done'; result: Result }
  | { kind: 'refused'; refusal: RefusalFragment }
  | { kind: 'failed'; problems: Explanation[] }

/** The member of a mutation's union that says that it was done. */
type Success<Data> = Exclude<NonNullable<Data[keyof Data]>, { message: string } | string>

/** Sends mutations, one after the other. */
export function useChange() {
  const client = useClient()
  const [busy, setBusy] = useState(false)

  async function change<Data extends object, Variables extends AnyVariables>(
    operation: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): Promise<Outcome<Success<Data>>> {
    setBusy(true)
    try {
      const { data, error } = await client.mutation<Data, AnyVariables>(operation.toString(), variables).toPromise()
      const [result] = Object.entries(data ?? {}).flatMap(([name, value]) => (name === '__typename' || value == null ? [] : [value]))
      if (result === undefined) return { kind: 'failed', problems: explainAll(error) }
      return isRefusal(result) ? { kind: 'refused', refusal: result } : { kind: 'done', result: result as Success<Data> }
    } finally {
      setBusy(false)
    }
  }
  return { busy, change }
}

/** All members that implement `Error` have both, and no other member does. */
function isRefusal(result: unknown): result is RefusalFragment {
  return typeof result === 'object' && result !== null && 'message' in result && 'code' in result
}
