/** Formats rows as lines of text with aligned columns. `align` applies to all columns but the first, which is aligned left. */
export function formatTable(rows: readonly (readonly string[])[], align: 'left' | 'right'): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const widths = rows[0]?.map((_cell, column) => width(column)) ?? []
  const pad = (cell: string, column: number) =>
    column > 0 && align === 'right' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
