import type { Plugin } from 'graphql-yoga'

/** CORS allows GraphQL requests from every origin. A page can contain a key, so other origins may not read it. */
export function usePrivatePages(): Plugin {
  return {
    onResponse: ({ response }) => {
      if (!response.headers.has('content-security-policy')) return
      for (const name of [...response.headers.keys()]) {
        if (name.startsWith('access-control-')) response.headers.delete(name)
      }
      response.headers.set('vary', 'accept, accept-encoding')
    },
  }
}
