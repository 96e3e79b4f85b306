import type { JsonObject } from '../../../../src/platform/json.ts'
import type { Key, Organization, Project, User } from '../state/rows.ts'
import type { Actor, State } from '../state/state.ts'

/** One request, after its key was checked. */
export interface Call {
  state: State
  project: Project
  organization: Organization
  viewer: User
  key: Key
  actor: Actor
  params: Record<string, string>
  query: URLSearchParams
  /** The body, `{}` if there is none. */
  body: JsonObject
  /** Scheme, host, path and query, for `next`. */
  url: URL
}

export interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const created = (body: unknown): Answer => ({ status: 201, body })
export const noContent: Answer = { status: 204 }

export interface Route {
  method: string
  /** Relative to `/api/projects/:project/`, unless it begins with `/api/`. */
  path: string
  /** Null: no key may do this. A function: the scope depends on the age of the server. */
  scope: string | null | ((state: State) => string)
  handle(call: Call): Answer | Promise<Answer>
  /** Old servers do not know some paths. */
  exists?(state: State): boolean
  /** Limits of its own. */
  rate?: 'query'
}

export function route(method: string, path: string, scope: Route['scope'], handle: Route['handle'], more: Partial<Route> = {}): Route {
  return { method, path, scope, handle, ...more }
}

interface Compiled extends Route {
  pattern: RegExp
}

/** Finds the route of a path. The last slash is optional. */
export class Router {
  readonly #routes: Compiled[]

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((each) => ({ ...each, pattern: compile(each.path) }))
  }

  /** The routes of a path, for all methods. A path without variables comes before one with them. */
  match(path: string, state: State): { routes: Route[]; params: Record<string, string> } {
    const found = this.#routes.flatMap((each) => {
      const params = each.exists?.(state) === false ? null : each.pattern.exec(path)
      return params === null ? [] : [{ route: each, params: { ...params.groups } }]
    })
    const fewest = Math.min(...found.map(({ params }) => Object.keys(params).length))
    const best = found.filter(({ params }) => Object.keys(params).length === fewest)
    return { routes: best.map((each) => each.route), params: decode(best[0]?.params ?? {}) }
  }
}

function compile(path: string): RegExp {
  const full = path.startsWith('/api/') ? path : `/api/projects/:project/${path}`
  return new RegExp(`^${full.replace(/\/$/, '').replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`)
}

function decode(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]))
}
