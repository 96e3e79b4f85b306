import { asArray, asObject, isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { activityView } from './activity.ts'
import type { Activity, HogFunction } from './rows.ts'
import type { State } from './state.ts'

/** A hint that is to be posted. */
export interface Hint {
  hogFunction: HogFunction
  url: string
  method: string
  headers: Record<string, string>
  body: unknown
}

/** Posts hints of the activity log to webhooks, one after the other, and misbehaves on demand. */
export class Webhooks {
  /** `hold` keeps hints until `deliver` is called. `double` posts each twice. */
  mode: 'send' | 'lose' | 'double' | 'hold' = 'send'
  readonly held: Hint[] = []
  /** What was posted, and what the receiver answered: its status, or 0 if there was none. */
  readonly posted: { hint: Hint; status: number }[] = []
  readonly #state: State
  #queue: Promise<void> = Promise.resolve()

  constructor(state: State) {
    this.#state = state
    state.onActivity = (entry) => this.#hint(entry)
  }

  /** Posts held hints, by default in their order. Resolves when all were answered. */
  deliver(order: (hints: Hint[]) => Hint[] = (hints) => hints): Promise<void> {
    for (const hint of order(this.held.splice(0))) this.#post(hint)
    return this.idle()
  }

  /** Resolves when all hints so far were answered. */
  idle(): Promise<void> {
    return this.#queue
  }

  #hint(entry: Activity): void {
    const state = this.#state
    const properties = activityView(state, entry)
    const isDisabled = ({ failures }: HogFunction) => failures >= state.settings.hookFailureLimit
    for (const row of state.hogFunctions.where((each) => each.team_id === entry.team_id && each.enabled && !each.deleted)) {
      if (row.type !== 'internal_destination' || isDisabled(row) || !matches(row.filters, properties)) continue
      const inputs = asObject(fill(row.inputs, { event: { event: '$activity_log_entry_created', properties } })) ?? {}
      const value = (name: string) => asObject(inputs[name])?.value
      const headers = { 'content-type': 'application/json', ...(asObject(value('headers')) as Record<string, string> | null) }
      const hint = {
        hogFunction: row,
        url: String(value('url')),
        method: String(value('method') ?? 'POST'),
        headers,
        body: value('body') ?? {},
      }
      if (this.mode === 'hold') this.held.push(hint)
      if (this.mode === 'send' || this.mode === 'double') this.#post(hint)
      if (this.mode === 'double') this.#post(hint)
    }
  }

  #post(hint: Hint): void {
    this.#queue = this.#queue.then(async () => {
      const status = await send(hint)
      hint.hogFunction.failures = status >= 200 && status < 300 ? 0 : hint.hogFunction.failures + 1
      this.posted.push({ hint, status })
    })
  }
}

async function send({ url, method, headers, body }: Hint): Promise<number> {
  try {
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) })
    await response.arrayBuffer()
    return response.status
  } catch {
    // Nobody listens: that is a failure of the hint, and not of the write that caused it.
    return 0
  }
}

/** Whether the filters of a hog function ask for this entry. */
function matches(filters: JsonObject, entry: JsonObject): boolean {
  const events = (asArray(filters.events) ?? []).filter(isObject)
  if (filters.source !== 'internal-events' || !events.some(({ id }) => id === '$activity_log_entry_created')) return false
  const all = [filters, ...events.filter(({ id }) => id === '$activity_log_entry_created')].flatMap(
    ({ properties }) => asArray(properties) ?? [],
  )
  return all.filter(isObject).every(({ key, operator = 'exact', value }) => {
    const found = (asArray(value) ?? [value]).map(String).includes(String(entry[String(key)]))
    return operator === 'is_not' ? !found : found
  })
}

/** Replaces `{event.properties.scope}`. A text that is nothing else takes the value as it is. */
function fill(value: unknown, from: JsonObject): unknown {
  if (Array.isArray(value)) return value.map((each) => fill(each, from))
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, from)]))
  if (typeof value !== 'string') return value
  const at = (path: string) => path.split('.').reduce<unknown>((found, key) => asObject(found)?.[key], from) ?? null
  const whole = /^\{([\w.$]+)\}$/.exec(value)
  return whole === null ? value.replaceAll(/\{([\w.$]+)\}/g, (_, path: string) => String(at(path) ?? '')) : at(whole[1] ?? '')
}
