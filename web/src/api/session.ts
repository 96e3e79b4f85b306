import { useSyncExternalStore } from 'react'

/** Where the key is kept: in this tab only, until it is closed. */
const storageName = 'experiments-graph:key'

interface Session {
  key: string | null
  /** Why the last key was given up, for the page that asks for another one. */
  ended: string | null
}

let session: Session = { key: sessionStorage.getItem(storageName), ended: null }
const listeners = new Set<() => void>()

function change(next: Session): void {
  if (next.key === null) sessionStorage.removeItem(storageName)
  else sessionStorage.setItem(storageName, next.key)
  session = next
  for (const listener of listeners) listener()
}

export const signIn = (key: string) => change({ key, ended: null })

/** @param ended why, in a sentence; null if the person wanted it */
export const signOut = (ended: string | null = null) => change({ key: null, ended })

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => session,
  )
}
