type Work = () => unknown

const pending: Work[] = []

/** Runs work when the test file is done, what was asked last first. Vitest's `afterAll` does nothing where it is called inside a test or a hook. */
export function afterFile(work: Work): void {
  pending.push(work)
}

export async function cleanUp(): Promise<void> {
  for (let work = pending.pop(); work !== undefined; work = pending.pop()) await work()
}
