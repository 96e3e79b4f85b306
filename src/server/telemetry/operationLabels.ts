/** Each name is a series of its own in every metric, and callers choose the names. */
const maxNames = 100

/** Creates a function from the name of an operation to its label: the name itself for the first names, then `other`. */
export function createOperationLabels(): (name: string | null) => string {
  const known = new Set<string>()
  return (name) => {
    if (name === null) return 'unnamed'
    if (known.has(name)) return name
    if (known.size >= maxNames) return 'other'
    known.add(name)
    return name
  }
}
