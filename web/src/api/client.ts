import { Client, cacheExchange, fetchExchange, mapExchange } from 'urql'
import { errorsOf } from './explain.ts'
import { endpoint } from './place.ts'
import { signOut } from './session.ts'

/** A client that sends a key. @param key null for what needs none */
export function createApi(key: string | null): Client {
  return new Client({
    url: endpoint,
    preferGetMethod: false,
    fetchOptions: key === null ? {} : { headers: { authorization: `Bearer ${key}` } },
    exchanges: [cacheExchange, fetchExchange],
  })
}

/** The same, for somebody who has signed in: a key that is not valid any more ends that. */
export function createSignedInApi(key: string): Client {
  return new Client({
    url: endpoint,
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: `Bearer ${key}` } },
    exchanges: [
      cacheExchange,
      mapExchange({
        onError: (error) => {
          if (errorsOf(error).some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) {
            signOut('Your key is not valid any more. It was revoked, or the service has other data now. Enter another key.')
          }
        },
      }),
      fetchExchange,
    ],
  })
}
