import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'

/** Asks subgraphs for their schemas and composes them. */
export async function compose(subgraphs: { name: string; url: string }[]): Promise<string> {
  const services = await Promise.all(subgraphs.map(async ({ name, url }) => ({ name, url, typeDefs: parse(await sdlOf(url)) })))
  const { supergraphSdl, errors } = composeServices(services)
  if (supergraphSdl === undefined) throw new Error(`The subgraphs do not compose:\n${errors?.map(({ message }) => message).join('\n')}`)
  return supergraphSdl
}

/** The schema of a subgraph, as it tells it itself. */
export async function sdlOf(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  })
  const { data } = (await response.json()) as { data: { _service: { sdl: string } } }
  return data._service.sdl
}
