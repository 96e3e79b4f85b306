type CamelCase<Name> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name

/** Converts the fields of a row to columns. PostHog's names in camel case are the names of our columns. Missing values are left out. */
export function toColumns<Row extends object>(row: Row) {
  const columns = Object.entries(row).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.replaceAll(/_./g, ([, letter = '']) => letter.toUpperCase()), value]],
  )
  return Object.fromEntries(columns) as { [Name in keyof Row as CamelCase<Name>]: Exclude<Row[Name], undefined> }
}
