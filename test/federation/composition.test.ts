import { readFileSync } from 'node:fs'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { typeDefs as pagesSdl } from '../../examples/supergraph/pages/typeDefs.ts'

// interop/test/federation/ composes by Apollo's composer too, and looks at what comes out.

const subgraph = (name: string, sdl: string) => ({ name, url: `http://localhost/${name}`, typeDefs: parse(sdl) })
const experiments = subgraph('experiments', readFileSync('schema.graphql', 'utf8'))
const pages = subgraph('pages', pagesSdl)

it.each([
  ['alone', [experiments]],
  ['with another Relay-style subgraph', [experiments, pages]],
])('composes %s', (_what, subgraphs) => {
  const { errors, supergraphSdl } = composeServices(subgraphs)
  expect(errors?.map(({ message }) => message)).toBeUndefined()
  expect(supergraphSdl).toContain('type FeatureFlag')
})
