import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force'
import type { MapType, SchemaMap, Use } from './schemaMap.ts'

// Where the types of a picture stand, and what connects them. Pure functions, with a test.

export interface Box {
  id: string
  type: string
  x: number
  y: number
  width: number
  height: number
  /** The names of the fields from which lines begin. None for a type at the side. */
  rows: string[]
  /** The fields that lead from this type to the one in the middle. */
  note: string
}

interface Line {
  id: string
  from: string
  /** The row where it begins; null for the whole box. */
  row: string | null
  to: string
}

export interface Drawing {
  boxes: Box[]
  lines: Line[]
}

const rowHeight = 22
const headHeight = 34
const sideWidth = 230
const middleWidth = 270
const overviewWidth = 170
const stretch = 1.7
const gap = 10
const distance = 130
/** So many boxes stand in one column. More get a second one. */
const columnLength = 28

interface Spot extends SimulationNodeDatum {
  name: string
}

/** One type in the middle. On its left what leads to it, and on its right what its fields lead to. */
export function drawType({ types, usesOf, roots }: SchemaMap, name: string): Drawing {
  const type = types.get(name)
  if (type === undefined) return { boxes: [], lines: [] }
  const rows = rowsOf(type)
  const targets = [...new Set(rows.flatMap(({ to }) => to))].filter((target) => target !== name)
  const sources = group(usesOf.get(name) ?? [], roots).filter(([source]) => source !== name)

  const left = column(sources.length, (index) => (sources[index]?.[1] === '' ? headHeight : headHeight + rowHeight))
  const right = column(targets.length, () => headHeight)
  const middleHeight = headHeight + rows.length * rowHeight + (rows.length > 0 ? 8 : 0)
  const height = Math.max(left.height, right.height, middleHeight)
  const startOfMiddle = left.width === 0 ? 0 : left.width + distance
  const boxes: Box[] = [
    ...sources.map(([source, note], index) => ({
      id: `from ${source}`,
      type: source,
      ...left.place(index, height),
      width: sideWidth,
      rows: [],
      note,
    })),
    {
      id: name,
      type: name,
      x: startOfMiddle,
      y: (height - middleHeight) / 2,
      width: middleWidth,
      height: middleHeight,
      rows: rows.map(({ row }) => row),
      note: '',
    },
    ...targets.map((target, index) => {
      const place = right.place(index, height)
      const x = startOfMiddle + middleWidth + distance + place.x
      return { id: `to ${target}`, type: target, ...place, x, width: sideWidth, rows: [], note: '' }
    }),
  ]
  const lines: Line[] = [
    ...sources.map(([source]) => ({ id: `from ${source}`, from: `from ${source}`, row: null, to: name })),
    ...rows.flatMap(({ row, to }) =>
      to.flatMap((target) => (target === name ? [] : [{ id: `${row} ${target}`, from: name, row, to: `to ${target}` }])),
    ),
  ]
  return { boxes, lines }
}

/** The main types, and how they lead to each other. Users are left out: nearly everything leads to who made it. */
export function drawOverview({ types, main }: SchemaMap): Drawing {
  const shown = main.filter((name) => name !== 'User')
  const lines = new Map<string, Line>()
  for (const from of shown) {
    for (const { deprecated, leadsTo } of types.get(from)?.fields ?? []) {
      for (const to of leadsTo) {
        if (deprecated !== null || to === from || !shown.includes(to) || lines.has(`${to} ${from}`)) continue
        lines.set(`${from} ${to}`, { id: `${from} ${to}`, from, row: null, to })
      }
    }
  }
  const spots = shown.map((name): Spot => ({ name }))
  const links = forceLink<Spot, SimulationLinkDatum<Spot>>([...lines.values()].map(({ from, to }) => ({ source: from, target: to })))
  const simulation = forceSimulation(spots)
    .force('links', links.id(({ name }) => name).distance(90))
    .force('apart', forceManyBody().strength(-900))
    .force('x', forceX().strength(0.09))
    .force('y', forceY().strength(0.12))
    .stop()
  simulation.tick(300)
  // Only now, because boxes that may not touch would keep each other where they began.
  simulation.force('room', forceCollide(52)).alpha(0.5).tick(200)
  const boxes = spots.map(({ name, x = 0, y = 0 }) => ({
    id: name,
    type: name,
    // Boxes are wider than high.
    x: Math.round(x * stretch - overviewWidth / 2),
    y: Math.round(y - headHeight / 2),
    width: overviewWidth,
    height: headHeight,
    rows: [],
    note: '',
  }))
  return { boxes, lines: [...lines.values()] }
}

/** The fields of a type that lead somewhere. Deprecated ones are left out. A union has its members. */
function rowsOf({ kind, fields, members }: MapType): { row: string; to: string[] }[] {
  if (kind === 'UNION') return members.map((member) => ({ row: member, to: [member] }))
  return fields.flatMap(({ name, leadsTo, deprecated }) =>
    leadsTo.length === 0 || deprecated !== null ? [] : [{ row: name, to: leadsTo }],
  )
}

/** The types of uses, each once, with the names of its fields. A root with many of them counts them. */
function group(uses: Use[], roots: string[]): [type: string, note: string][] {
  const byType = new Map<string, string[]>()
  for (const { type, field } of uses) byType.set(type, [...(byType.get(type) ?? []), ...(field === null ? [] : [field])])
  return [...byType].map(([type, fields]) => [
    type,
    fields.length > 2 && roots.includes(type) ? `${fields.length} fields` : fields.join(', '),
  ])
}

/** Boxes below each other, in as many columns as they need. */
function column(count: number, heightOf: (index: number) => number) {
  const columns = Math.ceil(count / columnLength)
  const inColumn = Math.ceil(count / Math.max(1, columns))
  const heights = Array.from({ length: columns }, (_, at) => sum(range(at * inColumn, Math.min(count, (at + 1) * inColumn))))
  return {
    width: columns === 0 ? 0 : columns * sideWidth + (columns - 1) * 40,
    height: Math.max(0, ...heights),
    place(index: number, room: number) {
      const at = Math.floor(index / inColumn)
      const above = sum(range(at * inColumn, index))
      const y = (room - (heights[at] ?? 0)) / 2 + above + (above > 0 ? gap : 0)
      return { x: at * (sideWidth + 40), y, height: heightOf(index) }
    },
  }
  function sum(indexes: number[]) {
    return indexes.reduce((total, index) => total + heightOf(index), 0) + Math.max(0, indexes.length - 1) * gap
  }
}

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
