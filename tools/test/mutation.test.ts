import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { areas, filesOf } from '../mutation/areas.ts'
import { rangeOf, readChanges, takeLines } from '../mutation/changedLines.ts'
import scores from '../mutation/scores.json' with { type: 'json' }

const diff = `diff --git a/src/a.ts b/src/a.ts
index 1d9f4be..f1f5cd0 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -3 +3 @@ function a() {
-  return 1
+  return 2
@@ -10,2 +10,0 @@
-  // gone
-  // gone too
@@ -20,0 +19,4 @@
+1
+2
+3
+4
diff --git a/src/b.ts b/src/b.ts
new file mode 100644
--- /dev/null
+++ b/src/b.ts
@@ -0,0 +1,2 @@
+1
+2
`

it('finds the lines that are new', () => {
  expect(readChanges(diff).map(rangeOf)).toEqual(['src/a.ts:3-3', 'src/a.ts:19-22', 'src/b.ts:1-2'])
  expect(readChanges('')).toEqual([])
})

it('takes no more lines than it may, and says which are left', () => {
  const ranges = (most: number) => {
    const { taken, skipped } = takeLines(readChanges(diff), most)
    return [taken.map(rangeOf), skipped.map(rangeOf)]
  }
  expect(ranges(7)).toEqual([['src/a.ts:3-3', 'src/a.ts:19-22', 'src/b.ts:1-2'], []])
  expect(ranges(3)).toEqual([
    ['src/a.ts:3-3', 'src/a.ts:19-20'],
    ['src/a.ts:21-22', 'src/b.ts:1-2'],
  ])
  expect(ranges(1)).toEqual([['src/a.ts:3-3'], ['src/a.ts:19-22', 'src/b.ts:1-2']])
  expect(ranges(0)[0]).toEqual([])
})

it('has areas of files and folders that are there, and a file that one names belongs to it alone', () => {
  expect(areas.flatMap(({ code }) => code).filter((path) => !existsSync(path))).toEqual([])
  const owners = (file: string) => areas.filter((area) => filesOf(area, [file]).length > 0).map(({ name }) => name)
  expect(owners('src/commands/execute.ts')).toEqual(['commands/execute'])
  expect(owners('src/features/approvals/rules/staleness.ts')).toEqual(['approvals/rules'])
  expect(owners('src/posthog/link/operations/flags.ts')).toEqual(['posthog/link'])
  expect(owners('src/main.ts')).toEqual([])
})

it('keeps scores of files that are there and belong to an area', () => {
  for (const file of Object.keys(scores)) {
    expect([file, existsSync(file)]).toEqual([file, true])
    expect([file, areas.filter((area) => filesOf(area, [file]).length > 0).length]).toEqual([file, 1])
  }
})
