import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { chart } from './chart.ts'
import type { Results } from './results.ts'

const folder = new URL('../results/', import.meta.url)
const file = new URL('latest.json', folder)

export async function readLatest(): Promise<Results | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Results)
}

/** Stores the results as the latest, with their chart. */
export async function saveResults(results: Results): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`)
  await writeFile(new URL('latest.svg', folder), chart(results))
}
