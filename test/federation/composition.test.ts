import { readFileSync } from 'node:fs'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { expect, it } from 'vitest'

// interop/federation/ composes by Apollo's composer too, and looks at what comes out.

const subgraph = (name: string, file: string) => ({ name, url: `http://localhost/${name}`, typeDefs: parse(readFileSync(file, 'utf8')) })
const experiments = subgraph('experiments', 'schema.graphql')
const pages = subgraph('pages', 'examples/supergraph/pages/schema.graphql')

it.each([
  ['alone', [experiments]],
  ['with another Relay-style subgraph', [experiments, pages]],
])('composes %s', (_what, subgraphs) => {
  const { errors, supergraphSdl } = composeServices(subgraphs)
  expect(errors?.map(({ message }) => message)).toBeUndefined()
  expect(supergraphSdl).toContain('type FeatureFlag')
})
