/**
 * The names of the indexes that a database has after these migrations. Later scripts drop what earlier ones made.
 *
 * @param scripts the SQL of all migrations, oldest first
 */
export function expectedIndexes(scripts: readonly string[]): string[] {
  const names = new Set<string>()
  const statement =
    /^\s*(?:CREATE\s+(?:UNIQUE\s+)?INDEX\s+"(?<created>\w+)"|DROP\s+INDEX\s+"(?<dropped>\w+)"|(?:ADD\s+)?CONSTRAINT\s+"(?<constraint>\w+)"\s+(?:PRIMARY KEY|UNIQUE|EXCLUDE))/gm
  for (const script of scripts) {
    for (const { groups } of script.matchAll(statement)) {
      const { created, dropped, constraint } = groups ?? {}
      const name = created ?? constraint
      if (name !== undefined) names.add(name)
      if (dropped !== undefined) names.delete(dropped)
    }
  }
  return [...names].sort()
}
