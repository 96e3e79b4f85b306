/** The lines of a file that changed together. */
export interface Change {
  file: string
  first: number
  last: number
}

/** Reads what `git diff -U0` prints. Deleted lines have nothing to test. */
export function readChanges(diff: string): Change[] {
  const changes: Change[] = []
  let file = ''
  for (const line of diff.split('\n')) {
    const name = /^\+\+\+ b\/(.*)$/.exec(line)?.[1]
    if (name !== undefined) file = name
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line)
    if (hunk === null) continue
    const first = Number(hunk[1])
    const count = Number(hunk[2] ?? 1)
    if (count > 0) changes.push({ file, first, last: first + count - 1 })
  }
  return changes
}

/** The first changes that are together no longer than so many lines, and the others. A change that is too long is cut. */
export function takeLines(changes: readonly Change[], most: number): { taken: Change[]; skipped: Change[] } {
  const taken: Change[] = []
  const skipped: Change[] = []
  let left = most
  for (const change of changes) {
    const end = Math.min(change.last, change.first + left - 1)
    if (end >= change.first) taken.push({ ...change, last: end })
    if (end < change.last) skipped.push({ ...change, first: Math.max(change.first, end + 1) })
    left -= Math.max(0, end - change.first + 1)
  }
  return { taken, skipped }
}

/** As Stryker writes it: `file.ts:10-20`. */
export const rangeOf = ({ file, first, last }: Change): string => `${file}:${first}-${last}`
