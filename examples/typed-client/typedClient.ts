import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'

interface Answer<Data> {
  /** The data. A field with an error is null. */
  data?: Data | null
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[]
}

/** A minimal client. The type of a document gives the types of its variables and its data. */
export function typedClient({ url, key }: { url: string; key: string }) {
  return async <Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: NoInfer<Variables>): Promise<Answer<Data>> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: print(document), variables }),
    })
    return (await response.json()) as Answer<Data>
  }
}
