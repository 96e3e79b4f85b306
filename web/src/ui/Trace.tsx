import { graphiqlAddress, options } from '../api/place.ts'
import type { TypedDocumentString } from '../generated/graphql.ts'

/** Opens the operation of a page in GraphiQL, to learn from it or to change it. */
export function Trace<Variables extends object>({
  operation,
  variables,
}: {
  operation: TypedDocumentString<unknown, Variables>
  variables: Variables
}) {
  if (options.graphiql !== true) return null
  return (
    <a className="trace" href={graphiqlAddress(operation.toString().trim(), variables)} target="_blank" rel="noreferrer">
      See the query
    </a>
  )
}
