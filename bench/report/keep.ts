import { chart } from './chart.ts'
import type { Results } from './results.ts'
import { readStored, store } from './store.ts'

const file = 'latest.json'

export const readLatest = () => readStored<Results>(file)

/** Stores the results as the latest, with their chart. */
export async function saveResults(results: Results): Promise<void> {
  await store(file, results)
  await store('latest.svg', chart(results))
}
