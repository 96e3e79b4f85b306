import { useOutletContext } from 'react-router'
import type { ViewerQuery } from '../generated/graphql.ts'

export interface Shown {
  viewer: NonNullable<ViewerQuery['viewer']>
  /** The project's number, as in the address. Empty where none is chosen. */
  project: string
  /** Whether the key holds a scope: as it is, with its `:write`, or with `*`. */
  can: (scope: string) => boolean
}

export const useShown = () => useOutletContext<Shown>()

export function canWith(scopes: readonly string[]): (scope: string) => boolean {
  return (scope) => scopes.includes('*') || scopes.includes(scope) || scopes.includes(scope.replace(/:read$/, ':write'))
}
