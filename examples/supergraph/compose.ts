import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { ask } from '../ask.ts'

/** Reads the schemas of the subgraphs, and composes them. */
export async function compose(subgraphs: { name: string; url: string }[]): Promise<string> {
  const services = await Promise.all(
    subgraphs.map(async ({ name, url }) => {
      const { _service } = await ask<{ _service: { sdl: string } }>(url, '{ _service { sdl } }')
      return { name, url, typeDefs: parse(_service.sdl) }
    }),
  )
  const { supergraphSdl, errors } = composeServices(services)
  if (supergraphSdl === undefined) throw new Error(`The subgraphs do not compose:\n${errors?.map(({ message }) => message).join('\n')}`)
  return supergraphSdl
}
