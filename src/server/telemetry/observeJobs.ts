import type { Observer } from '../../platform/activity.ts'
import type { Job } from '../../platform/scheduler.ts'

/** Makes jobs tell an observer of each run. */
export function observeJobs(jobs: Record<string, Job>, observer: Observer | undefined): Record<string, Job> {
  if (observer === undefined) return jobs
  return Object.fromEntries(Object.entries(jobs).map(([job, work]) => [job, () => timed(job, work, observer)]))
}

async function timed(job: string, work: Job, observer: Observer): Promise<object> {
  const startedAt = performance.now()
  const tell = (failed: boolean) => observer.onJob?.({ job, durationMs: performance.now() - startedAt, failed })
  try {
    const result = await work()
    tell(false)
    return result
  } catch (error) {
    tell(true)
    throw error
  }
}
