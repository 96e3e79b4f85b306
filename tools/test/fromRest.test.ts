import { describe, expect, it } from 'vitest'
import { document } from '../../test/docs/documents.ts'
import type { Table } from '../restMap/mapping.ts'
import { find, placesOf } from '../restMap/places.ts'
import { withTables } from '../restMap/render.ts'
import { restMap } from '../restMap/restMap.ts'
import { servedSchema } from '../restMap/servedSchema.ts'

// test/schema/ compares schema.graphql with the code.
const schema = servedSchema()

interface Use {
  place: string
  /** Where the place may start. One is enough. */
  starts: readonly (string | null)[]
}

const tables = restMap.flatMap(({ title, tables }) => tables.map((table) => ({ title, table })))
const uses = tables.flatMap(({ table }) => usesIn(table))

function usesIn(table: Table): Use[] {
  const all = (places: string, starts: Use['starts']) => placesOf(places).map((place) => ({ place, starts }))
  if (table.kind === 'fields') {
    const { of, inputs, rows } = table
    return [
      ...rows.flatMap(([, read, write]) => [...all(read, [of]), ...all(write, inputs.length === 0 ? [null] : inputs)]),
      ...all(of, [null]),
    ]
  }
  if (table.kind === 'parameters') return [...table.rows.flatMap(([, ours]) => all(ours, [table.of])), ...all(table.of, [null])]
  return table.rows.flatMap(([, ours]) => all(ours, [null]))
}

function foundAt({ place, starts }: Use) {
  return starts.flatMap((start) => find(schema, place, start) ?? [])
}

describe('the mapping from REST', () => {
  it('names only what the schema has', () => {
    expect(uses.length).toBeGreaterThan(300)
    expect(uses.filter((use) => foundAt(use).length === 0)).toEqual([])
  })

  it('names nothing that is deprecated', () => {
    const deprecated = uses.flatMap(foundAt).flatMap(({ deprecated }) => deprecated)
    expect([...new Set(deprecated)]).toEqual([])
  })

  it.each([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])('names each field of %s', (type) => {
    const named = new Set(uses.flatMap(foundAt).flatMap(({ passed }) => passed))
    const fields = Object.keys(type?.getFields() ?? {}).map((name) => `${type?.name}.${name}`)
    expect(fields.length).toBeGreaterThan(0)
    expect(fields.filter((field) => !named.has(field))).toEqual([])
  })

  it('gives the reason for what is not there', () => {
    const unexplained = tables.flatMap(({ title, table }) =>
      table.kind === 'fields'
        ? table.rows.filter(([, read, write, remark = '']) => read + write + remark === '').map(([field]) => `${title}: ${field}`)
        : table.rows.filter(([, ours, remark = '']) => ours + remark === '').map(([rest]) => `${title}: ${rest}`),
    )
    expect(unexplained).toEqual([])
  })

  it('names nothing of a table twice', () => {
    const twice = tables.flatMap(({ title, table }) => {
      const names = table.rows.map(([name]) => name)
      return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${title}: ${name}`)
    })
    expect(twice).toEqual([])
  })

  it('is what the page shows', () => {
    const { text } = document('docs/from-rest.md')
    expect(withTables(text, restMap, schema)).toBe(text)
  })
})

describe('the search for a place', () => {
  it.each([
    ['Query.featureFlags(search:)', null],
    ['orderBy.field.KEY', 'Query.featureFlags'],
    ['createdBy.email', 'FeatureFlag'],
    ['conditions.variantKey', 'UpdateFeatureFlagInput'],
    ['FeatureFlagStatus.STALE', null],
  ])('finds %s from %s', (place, of) => {
    expect(find(schema, place, of)).toMatchObject({ deprecated: [] })
  })

  it.each([
    ['Query.flags', null],
    ['Query.featureFlags(limit:)', null],
    ['orderBy.field.ID', 'Query.featureFlags'],
    ['key.length', 'FeatureFlag'],
    ['createdBy', null],
    ['key', 'Flag'],
  ])('does not find %s from %s', (place, of) => {
    expect(find(schema, place, of)).toBeNull()
  })

  it('tells what is deprecated', () => {
    expect(find(schema, 'Experiment.statsConfig', null)).toEqual({
      passed: ['Experiment.statsConfig'],
      deprecated: ['Experiment.statsConfig'],
    })
  })
})
