import type { Fault } from '../posthog/server/faults.ts'
import type { PostHog } from '../posthog/startPostHog.ts'
import type { Random } from './random.ts'

const lists = /\/(feature_flags|experiments)\/\?/

/** A fault by chance. Each meets a few requests. */
function randomFault(random: Random): Fault {
  const times = 1 + random.below(3)
  const faults: Fault[] = [
    { kind: 'slow', milliseconds: 20 + random.below(400), times: 5 },
    { kind: 'throttled', seconds: 1, times: 1 },
    { kind: 'serverError', times },
    { kind: 'unavailable', times: 1 },
    { kind: 'html', times: 1 },
    { kind: 'dropped', times },
    { kind: 'cut', times },
    { kind: 'cut', clean: true, times, bytes: 200 },
    { kind: 'wrongNext', origin: 'http://127.0.0.1:9', times: 5 },
    { kind: 'lyingNext', next: random.below(2) === 0 ? 'null' : 'same', times },
    { kind: 'insertedRows', count: 1, on: lists, times },
    { kind: 'jumpingRows', count: 1, on: lists, times },
    { kind: 'droppedAfterWrite', method: random.pick(['POST', 'PATCH']) ?? 'POST', times: 1 },
    { kind: 'serverErrorAfterWrite', method: random.pick(['POST', 'PATCH']) ?? 'POST', times: 1 },
    { kind: 'cut', method: random.pick(['POST', 'PATCH']) ?? 'POST', times: 1 },
  ]
  return random.pick(faults) ?? { kind: 'dropped', times: 1 }
}

/** Lets the stand-in misbehave, now in this way and now in that, until the returned function is called. Some of the time, it behaves. */
export function misbehave(posthog: PostHog, random: Random): () => void {
  const timer = setInterval(() => {
    posthog.faults.allOff()
    for (let count = random.below(4); count > 0; count--) posthog.faults.on(randomFault(random))
  }, 300)
  return () => {
    clearInterval(timer)
    posthog.faults.allOff()
  }
}
