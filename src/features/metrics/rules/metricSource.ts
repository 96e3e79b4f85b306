import { asObject, isObject, type JsonObject, toNearestNumber } from '../../../platform/json.ts'
import { type Parts, readParts, Unreadable, writeParts } from './parts.ts'

// The sources of metrics: the nodes that name events (results.md 1 and 4).

/** How the events of a person become a number. The values are the stored ones. */
export type MetricMath = 'total' | 'sum' | 'avg' | 'min' | 'max' | 'dau' | 'unique_session' | 'unique_group' | 'hogql'

const maths: readonly MetricMath[] = ['total', 'sum', 'avg', 'min', 'max', 'dau', 'unique_session', 'unique_group', 'hogql']
/** The maths that read a property of the events. */
export const propertyMaths: readonly MetricMath[] = ['sum', 'avg', 'min', 'max']

/** What a node names. */
export type SourceSubject =
  | { kind: 'EVENT'; event: string }
  | { kind: 'ACTION'; actionId: number }
  | { kind: 'ANY_EVENT' }
  | { kind: 'DATA_WAREHOUSE'; table: string | null }

/** How the events of a source are counted. */
export interface SourceMath {
  math: MetricMath
  /** Only for maths that read a property. */
  property: string | null
  /** Only for `unique_group`. */
  groupTypeIndex: number | null
}

/** A source, as far as types can say it. */
export interface SourceValues {
  subject: SourceSubject
  math: SourceMath
  filters: readonly unknown[]
}

const sourceParts: Parts<SourceValues> = {
  subject: { keys: ['kind', 'event', 'id', 'table_name'], read: readSubject, write: writeSubject },
  math: {
    keys: ['math', 'math_property', 'math_group_type_index'],
    read: readMath,
    write: ({ math, property, groupTypeIndex }) => ({
      ...(math === 'total' ? {} : { math }),
      ...(property === null ? {} : { math_property: property }),
      ...(groupTypeIndex === null ? {} : { math_group_type_index: groupTypeIndex }),
    }),
  },
  filters: {
    keys: ['properties'],
    read: ({ properties }) => {
      if (properties == null) return []
      if (!Array.isArray(properties)) throw new Unreadable('`properties` must be a list')
      return properties
    },
    write: (filters) => (filters.length === 0 ? {} : { properties: [...filters] }),
  },
}

/** @throws Unreadable when the node cannot be said in types */
export function readSource(node: unknown, name: string): SourceValues {
  if (!isObject(node)) throw new Unreadable(`\`${name}\` must be an object that names events`)
  try {
    return readParts(sourceParts, node)
  } catch (error) {
    throw error instanceof Unreadable ? new Unreadable(`in \`${name}\`, ${error.message}`) : error
  }
}

/** Returns a node for a source. If `base` names the same events, it keeps what types cannot say. */
export function writeSource(source: SourceValues, base: unknown): JsonObject {
  const node = asObject(base)
  return writeParts(sourceParts, source, node !== null && namesTheSame(node, source) ? node : {})
}

/** Parses the id of an action: a number, or a string of digits. Returns null for anything else. */
export function parseActionId(id: unknown): number | null {
  // No other type is converted: an object may throw, and a list of one number would be accepted.
  const number = typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : id
  return Number.isSafeInteger(number) && (number as number) > 0 ? (number as number) : null
}

/** The kinds of nodes, as stored. The second of the first two is that of exposures and activations. */
const eventKinds = ['EventsNode', 'ExperimentEventExposureConfig']

function readSubject({ kind, event, id, table_name: table }: JsonObject): SourceSubject {
  if (eventKinds.includes(kind as string)) {
    if (event != null && typeof event !== 'string') throw new Unreadable('`event` must be a text')
    return event == null || event.trim() === '' ? { kind: 'ANY_EVENT' } : { kind: 'EVENT', event }
  }
  if (kind === 'ActionsNode') {
    const actionId = parseActionId(id)
    if (actionId === null) throw new Unreadable('`id` must be the number of an action')
    return { kind: 'ACTION', actionId }
  }
  if (kind === 'ExperimentDataWarehouseNode') return { kind: 'DATA_WAREHOUSE', table: typeof table === 'string' ? table : null }
  throw new Unreadable(`the kind ${JSON.stringify(kind ?? null)} is not known`)
}

function writeSubject(subject: SourceSubject): JsonObject {
  switch (subject.kind) {
    case 'EVENT':
      return { kind: 'EventsNode', event: subject.event }
    case 'ANY_EVENT':
      return { kind: 'EventsNode', event: null }
    case 'ACTION':
      return { kind: 'ActionsNode', id: subject.actionId }
    case 'DATA_WAREHOUSE':
      return { kind: 'ExperimentDataWarehouseNode', table_name: subject.table }
  }
}

function readMath({ math: stored, math_property: property, math_group_type_index: index }: JsonObject): SourceMath {
  const math = maths.find((known) => known === (stored ?? 'total'))
  if (math === undefined) throw new Unreadable(`the math ${JSON.stringify(stored)} is not known`)
  const needsProperty = propertyMaths.includes(math)
  if (needsProperty && typeof property !== 'string') throw new Unreadable(`the math '${math}' needs the text \`math_property\``)
  const groupTypeIndex = toNearestNumber(index)
  if (math === 'unique_group' && !isGroupTypeIndex(groupTypeIndex)) {
    throw new Unreadable("the math 'unique_group' needs the number `math_group_type_index`")
  }
  return {
    math,
    property: needsProperty ? (property as string) : null,
    groupTypeIndex: math === 'unique_group' ? (groupTypeIndex as number) : null,
  }
}

export function isGroupTypeIndex(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 4
}

function namesTheSame(node: JsonObject, { subject }: SourceValues): boolean {
  try {
    return JSON.stringify(readSubject(node)) === JSON.stringify(subject)
  } catch {
    return false
  }
}

/** What a source names, for people. */
export function sourceTitle({ subject }: SourceValues): string {
  switch (subject.kind) {
    case 'EVENT':
      return subject.event
    case 'ANY_EVENT':
      return 'any event'
    case 'ACTION':
      return `action ${subject.actionId}`
    case 'DATA_WAREHOUSE':
      return subject.table ?? 'data warehouse'
  }
}
