import { isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { ApiError, databaseUnavailable, serverError, throttled } from './errors.ts'
import type { Answer } from './router.ts'

/** Ways to misbehave. Several can be on for one request. */
export type Misbehaviour =
  /** 429 before the work, by default without a number and always without `Retry-After`, unless a proxy adds it. */
  | { kind: 'throttled'; seconds?: number; retryAfter?: number }
  /** 503 before the work, with `Retry-After: 1`. */
  | { kind: 'unavailable' }
  /** 500 before the work. */
  | { kind: 'serverError' }
  /** 500 after the work was done. */
  | { kind: 'serverErrorAfterWrite' }
  /** The connection ends before the work. */
  | { kind: 'dropped' }
  /** The connection ends after the work was done. */
  | { kind: 'droppedAfterWrite' }
  /** Any answer, before the work. */
  | { kind: 'answer'; status: number; body?: unknown; headers?: Record<string, string> }
  /** A page of a proxy, before the work. */
  | { kind: 'html'; status?: number }
  /** The work waits until the test opens the gate. */
  | { kind: 'held' }
  /** The answer waits until the test opens the gate. The work is done. */
  | { kind: 'answerHeld' }
  /** For use by hand. */
  | { kind: 'slow'; milliseconds: number }
  /** The answer ends after so many bytes: `clean` with a header that agrees, otherwise with the connection. */
  | { kind: 'cut'; bytes?: number; clean?: boolean }
  /** The work is done, and the body of the answer is another one. An empty text is no body. */
  | { kind: 'otherBody'; body: unknown }
  /** `next` and `previous` name another host. */
  | { kind: 'wrongNext'; origin: string }
  /** `next` is gone, though there are more rows, or repeats this page. */
  | { kind: 'lyingNext'; next: 'null' | 'same' }
  /** Another schema: fields of each row, or of the object itself. */
  | { kind: 'fields'; add?: JsonObject; remove?: readonly string[]; nulls?: readonly string[] }
  /** After each page, the flags or experiments that were saved longest ago are saved anew: they jump to the front. */
  | { kind: 'jumpingRows'; count: number }
  /** After each page, new flags or experiments are made: the next page repeats rows. */
  | { kind: 'insertedRows'; count: number }
  /** Anything that happens in PostHog just before or just after a request. */
  | { kind: 'meanwhile'; before?: () => void; after?: () => void }

export interface Aim {
  /** Part of the path, or a pattern for path and query. */
  on?: string | RegExp
  method?: string
  /** The token of a key. */
  key?: string
  /** How many requests. Without it, until `off` is called. */
  times?: number
}

export type Fault = Misbehaviour & Aim

export interface Aimed {
  method: string
  path: string
  search: string
  token: string | null
}

/** A fault that was switched on. */
export class ActiveFault {
  readonly fault: Fault
  hits = 0
  readonly #left: () => void
  readonly #arrivals: (() => void)[] = []
  readonly #held: (() => void)[] = []
  #isOpen = false

  constructor(fault: Fault, left: () => void) {
    this.fault = fault
    this.#left = left
  }

  off(): void {
    this.open()
    this.#left()
  }

  /** Lets held requests go on, and all later ones. */
  open(): void {
    this.#isOpen = true
    for (const release of this.#held.splice(0)) release()
  }

  /** Lets the requests that are held now go on. Later ones are held again. */
  release(): void {
    for (const go of this.#held.splice(0)) go()
  }

  /** Resolves when so many requests have met the fault. */
  async reached(hits = 1): Promise<void> {
    while (this.hits < hits) await new Promise<void>((resolve) => this.#arrivals.push(resolve))
  }

  meets(request: Aimed): boolean {
    const { on, method, key, times } = this.fault
    if (times !== undefined && this.hits >= times) return false
    const isOn = on === undefined || (typeof on === 'string' ? request.path.includes(on) : on.test(`${request.path}${request.search}`))
    return isOn && (method === undefined || method === request.method) && (key === undefined || key === request.token)
  }

  arrive(): void {
    this.hits++
    for (const resolve of this.#arrivals.splice(0)) resolve()
  }

  hold(): Promise<void> {
    return this.#isOpen ? Promise.resolve() : new Promise((resolve) => this.#held.push(resolve))
  }
}

export class Faults {
  readonly #active = new Set<ActiveFault>()

  on(fault: Fault): ActiveFault {
    const active = new ActiveFault(fault, () => this.#active.delete(active))
    this.#active.add(active)
    return active
  }

  allOff(): void {
    for (const active of this.#active) active.off()
  }

  /** The faults that a request meets. It is counted by each. */
  meet(request: Aimed): ActiveFault[] {
    const met = [...this.#active].filter((active) => active.meets(request))
    for (const active of met) active.arrive()
    return met
  }
}

/** Thrown to end the connection without an answer. */
export class DroppedConnection extends Error {}

/** What happens before the work. */
export async function beforeWork(met: readonly ActiveFault[]): Promise<void> {
  for (const active of met) {
    const { fault } = active
    if (fault.kind === 'meanwhile') fault.before?.()
    if (fault.kind === 'held') await active.hold()
    if (fault.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.milliseconds))
  }
  for (const { fault } of met) {
    if (fault.kind === 'dropped') throw new DroppedConnection()
    if (fault.kind === 'throttled') throw throttled(fault.seconds ?? null, fault.retryAfter)
    if (fault.kind === 'unavailable') throw databaseUnavailable()
    if (fault.kind === 'serverError') throw serverError()
    if (fault.kind === 'answer') throw new ApiError(fault.status, fault.body, fault.headers)
    if (fault.kind === 'html') throw new ApiError(fault.status ?? 502, htmlPage, { 'Content-Type': 'text/html; charset=utf-8' })
  }
}

const htmlPage = '<!doctype html>\n<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n'

/** What becomes of the answer. */
export async function afterWork(met: readonly ActiveFault[], given: Answer, url: URL): Promise<Answer> {
  let answer = given
  for (const active of met) {
    const { fault } = active
    if (fault.kind === 'meanwhile') fault.after?.()
    if (fault.kind === 'answerHeld') await active.hold()
    if (fault.kind === 'droppedAfterWrite') throw new DroppedConnection()
    if (fault.kind === 'serverErrorAfterWrite') throw serverError()
    if (fault.kind === 'otherBody') answer = { ...answer, body: fault.body }
    if (fault.kind === 'fields') answer = { ...answer, body: changeFields(answer.body, fault) }
    if (fault.kind === 'wrongNext')
      answer = { ...answer, body: relink(answer.body, (link) => `${fault.origin}${link.pathname}${link.search}`) }
    if (fault.kind === 'lyingNext' && isObject(answer.body) && 'next' in answer.body) {
      answer = { ...answer, body: { ...answer.body, next: fault.next === 'same' ? url.href : null } }
    }
  }
  return answer
}

function relink(body: unknown, change: (link: URL) => string): unknown {
  if (!isObject(body)) return body
  const links = ['next', 'previous'].filter((name) => typeof body[name] === 'string')
  return { ...body, ...Object.fromEntries(links.map((name) => [name, change(new URL(String(body[name])))])) }
}

function changeFields(body: unknown, fault: { add?: JsonObject; remove?: readonly string[]; nulls?: readonly string[] }): unknown {
  if (!isObject(body)) return body
  if (Array.isArray(body.results)) return { ...body, results: body.results.map((row) => changeFields(row, fault)) }
  const kept = Object.entries(body).filter(([name]) => !fault.remove?.includes(name))
  const nulls = (fault.nulls ?? []).map((name) => [name, null])
  return Object.fromEntries([...kept, ...nulls, ...Object.entries(fault.add ?? {})])
}
