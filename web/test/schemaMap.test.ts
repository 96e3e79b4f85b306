import { readFileSync } from 'node:fs'
import { buildSchema, introspectionFromSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { SchemaQuery } from '../src/generated/graphql.ts'
import { type Drawing, drawOverview, drawType } from '../src/map/drawing.ts'
import { kindOf } from '../src/map/kinds.ts'
import { search, toSchemaMap } from '../src/map/schemaMap.ts'

// The map of the schema of this service, without a browser.

const forGateways = 'extend type Query { _entities: [_Entity]! } union _Entity = Experiment | FeatureFlag'
const schema = buildSchema(`${readFileSync('schema.graphql', 'utf8')}\n${forGateways}`, { assumeValidSDL: true })
const map = toSchemaMap(introspectionFromSchema(schema).__schema as unknown as SchemaQuery['__schema'])
const field = (type: string, name: string) => map.types.get(type)?.fields.find((one) => one.name === name)

describe('a field', () => {
  it.each([
    ['through a connection', 'FeatureFlag', 'experiments', ['Experiment']],
    ['through a result, without its errors', 'Mutation', 'pauseExperiment', ['Experiment']],
    ['to a union that is no result', 'Experiment', 'primaryMetrics', ['ExperimentMetric']],
    ['to nothing, if it is a text', 'FeatureFlag', 'key', []],
    ['to nothing, if only gateways use it', 'Query', '_entities', []],
  ])('leads %s', (_, type, name, expected) => {
    expect(field(type, name)?.leadsTo).toEqual(expected)
  })

  it('keeps its type as the schema writes it', () => {
    expect(field('Experiment', 'actions')).toMatchObject({ type: '[ExperimentActionState!]!', named: 'ExperimentActionState' })
  })
})

it('a type knows who uses it, roots first, also an input by its arguments', () => {
  expect(map.usesOf.get('Experiment')?.[0]?.type).toBe('Mutation')
  expect(map.usesOf.get('Experiment')).toContainEqual({ type: 'FeatureFlag', field: 'experiments' })
  expect(map.usesOf.get('MeanMetric')).toContainEqual({ type: 'ExperimentMetric', field: null })
  expect(map.usesOf.get('PauseExperimentInput')).toEqual([{ type: 'Mutation', field: 'pauseExperiment' }])
})

it.each([
  ['Query', 'root'],
  ['Experiment', 'main'],
  ['Variant', 'object'],
  ['ExperimentMetric', 'union'],
  ['Node', 'interface'],
  ['ValidationError', 'error'],
  ['PauseExperimentInput', 'input'],
  ['ExperimentStatus', 'enum'],
  ['DateTime', 'scalar'],
  ['ExperimentConnection', 'carrier'],
  ['PauseExperimentResult', 'carrier'],
])('%s is drawn as %s', (name, kind) => expect(kindOf(map, name).id).toBe(kind))

describe('a search', () => {
  const first = (text: string) => search(map, text).found[0]

  it('finds the name itself before longer ones, and types before fields', () => {
    expect(first('experiment')).toEqual({ type: 'Experiment', field: null })
    expect(first('rolloutPercentage')).toMatchObject({ field: 'rolloutPercentage' })
  })

  it('finds fields of types, and values of enums', () => {
    expect(first('featureflag.key')).toEqual({ type: 'FeatureFlag', field: 'key' })
    expect(search(map, 'EXPOSURE_FROZEN').found).toContainEqual({ type: 'ExperimentStatus', field: 'EXPOSURE_FROZEN' })
  })

  it('finds nothing for nothing, and says how much it leaves out', () => {
    expect(search(map, ' ')).toEqual({ found: [], more: 0 })
    const { found, more } = search(map, 'e')
    expect(found).toHaveLength(40)
    expect(more).toBeGreaterThan(100)
  })
})

/** Pairs of boxes that touch. */
function overlaps({ boxes }: Drawing): string[] {
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
      .map((b) => `${a.id} ${b.id}`),
  )
}

describe('a drawing', () => {
  it('of any type has no boxes that overlap, and only lines between its boxes', () => {
    for (const drawing of [drawOverview(map), ...[...map.types.keys()].map((name) => drawType(map, name))]) {
      expect(overlaps(drawing)).toEqual([])
      const ids = new Set(drawing.boxes.map(({ id }) => id))
      expect(ids.size).toBe(drawing.boxes.length)
      for (const { from, to } of drawing.lines) expect([ids.has(from), ids.has(to)]).toEqual([true, true])
      expect(new Set(drawing.lines.map(({ id }) => id)).size).toBe(drawing.lines.length)
    }
  })

  it('of a type has what uses it on the left, and what it leads to on the right', () => {
    const { boxes, lines } = drawType(map, 'Experiment')
    const middle = boxes.find(({ id }) => id === 'Experiment')
    const x = (id: string) => boxes.find((box) => box.id === id)?.x ?? Number.NaN
    expect(x('from Prompt')).toBeLessThan(middle?.x ?? 0)
    expect(x('to FeatureFlag')).toBeGreaterThan(middle?.x ?? 0)
    expect(middle?.rows).toContain('featureFlag')
    expect(middle?.rows).not.toContain('name')
    expect(lines).toContainEqual({ id: 'featureFlag FeatureFlag', from: 'Experiment', row: 'featureFlag', to: 'to FeatureFlag' })
  })

  it('of all main types has each pair connected once', () => {
    const { boxes, lines } = drawOverview(map)
    expect(boxes.map(({ type }) => type)).toEqual(map.main.filter((name) => name !== 'User'))
    expect(lines.filter(({ from, to }) => [from, to].includes('Experiment') && [from, to].includes('FeatureFlag'))).toHaveLength(1)
  })

  it('of a type that is not there is empty', () => expect(drawType(map, 'Nothing')).toEqual({ boxes: [], lines: [] }))
})
