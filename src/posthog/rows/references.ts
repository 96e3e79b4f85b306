/** The kinds of rows that filters and metrics name by number. */
export type ReferencedTable = 'feature_flags' | 'cohorts' | 'actions' | 'holdouts'

/** The numbers that differ on the other side, by table. */
export type NumberMaps = Readonly<Record<ReferencedTable, ReadonlyMap<number, number>>>

/**
 * The numbers of a project's imported rows. A row keeps the number that it came with, unless that is taken here. What names it by that number
 * is then stored with its number here.
 */
export interface Numbering {
  /** The numbers of stored rows of a table, by their ids in PostHog. */
  find(table: ReferencedTable, importedIds: readonly number[]): Promise<ReadonlyMap<number, number>>
  /** The same. New rows get theirs the first time. */
  allocate(table: ReferencedTable, importedIds: readonly number[]): Promise<ReadonlyMap<number, number>>
  /** Columns with our numbers in their JSON. */
  toStored<Columns extends object>(columns: Columns): Columns
}

/**
 * Replaces the numbers by which filters, metrics and cohorts name flags, cohorts, actions and holdouts. Other values stay as they are. The
 * forms: `{type: "cohort", value}`, `{type: "flag", key}`, `{kind: "ActionsNode", id}`, `{type: "actions", id}`, and `holdout: {id}`.
 */
export function mapReferences<Value>(value: Value, maps: NumberMaps): Value {
  if (Object.values(maps).every(({ size }) => size === 0)) return value
  return mapValue(value, maps) as Value
}

function mapValue(value: unknown, maps: NumberMaps): unknown {
  if (Array.isArray(value)) return value.map((entry) => mapValue(entry, maps))
  if (!isPlainObject(value)) return value
  const mapped = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapValue(inner, maps)]))
  const { type, kind } = value
  if (type === 'cohort') mapField(mapped, 'value', maps.cohorts)
  if (type === 'flag') mapField(mapped, 'key', maps.feature_flags)
  if (kind === 'ActionsNode' || type === 'actions') mapField(mapped, 'id', maps.actions)
  if (isPlainObject(mapped.holdout)) mapField(mapped.holdout, 'id', maps.holdouts)
  return mapped
}

/** Replaces a number, or the text of one, in its own form. */
function mapField(object: Record<string, unknown>, name: string, numbers: ReadonlyMap<number, number>): void {
  const value = object[name]
  const isText = typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value)
  const found = typeof value === 'number' || isText ? numbers.get(Number(value)) : undefined
  if (found !== undefined) object[name] = isText ? String(found) : found
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
