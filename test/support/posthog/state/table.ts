/** Rows by id, with sorted lists that are kept up to date. Who changes a row in place calls `changed`. */
export class Table<R extends { id: number | string }> {
  /** Ids are never reused, not even those of rows that are gone. */
  lastId = 0
  revision = 0
  /** Ids of rows that link to these. */
  linkId = 0
  readonly #rows = new Map<number | string, R>()
  readonly #sorted = new Map<string, { rows: R[]; touched: Set<R> }>()
  readonly #groups = new Map<string, { revision: number; groups: Map<unknown, R[]> }>()

  get size(): number {
    return this.#rows.size
  }

  get(id: number | string | null): R | undefined {
    return id === null ? undefined : this.#rows.get(id)
  }

  values(): R[] {
    return [...this.#rows.values()]
  }

  where(matches: (row: R) => boolean): R[] {
    const found: R[] = []
    for (const row of this.#rows.values()) if (matches(row)) found.push(row)
    return found
  }

  find(matches: (row: R) => boolean): R | undefined {
    for (const row of this.#rows.values()) if (matches(row)) return row
    return undefined
  }

  nextId(): number {
    return ++this.lastId
  }

  add(row: R): R {
    this.#rows.set(row.id, row)
    if (typeof row.id === 'number') this.lastId = Math.max(this.lastId, row.id)
    this.changed(row)
    return row
  }

  update(row: R, change: Partial<R>): R {
    Object.assign(row, change)
    this.changed(row)
    return row
  }

  remove(row: R): void {
    this.#rows.delete(row.id)
    this.changed(row)
  }

  changed(row: R): void {
    this.revision++
    for (const { touched } of this.#sorted.values()) touched.add(row)
  }

  /**
   * The matching rows in an order. The list is kept under its name. Later calls only move what changed since: sorting a list that is nearly
   * sorted takes a few milliseconds with 200,000 rows.
   */
  sorted(name: string, matches: (row: R) => boolean, compare: (a: R, b: R) => number): readonly R[] {
    const kept = this.#sorted.get(name)
    if (kept === undefined) {
      const rows = this.where(matches).sort(compare)
      this.#sorted.set(name, { rows, touched: new Set() })
      return rows
    }
    if (kept.touched.size > 0) {
      const { touched } = kept
      const rows = kept.rows.filter((row) => !touched.has(row))
      for (const row of touched) if (this.#rows.get(row.id) === row && matches(row)) rows.push(row)
      kept.rows = rows.sort(compare)
      kept.touched = new Set()
    }
    return kept.rows
  }

  /** The rows that share a value. */
  grouped(name: string, keyOf: (row: R) => unknown, key: unknown): readonly R[] {
    let kept = this.#groups.get(name)
    if (kept?.revision !== this.revision) {
      kept = { revision: this.revision, groups: Map.groupBy(this.#rows.values(), keyOf) }
      this.#groups.set(name, kept)
    }
    return kept.groups.get(key) ?? []
  }
}

/** PostgreSQL's order: null is greater than everything, so it is last when ascending and first when descending. */
export function compareNullable(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === null || a === undefined) return 1
  if (b === null || b === undefined) return -1
  return (a as number) < (b as number) ? -1 : 1
}

/** The same order, with rows that are equal in it turned around: an order without a tie-breaker promises nothing about them. */
export function turnTies<R>(rows: readonly R[], compare: (a: R, b: R) => number): R[] {
  const turned: R[] = []
  for (let start = 0; start < rows.length; ) {
    let end = start + 1
    while (end < rows.length && compare(rows[start] as R, rows[end] as R) === 0) end++
    for (let at = end - 1; at >= start; at--) turned.push(rows[at] as R)
    start = end
  }
  return turned
}
