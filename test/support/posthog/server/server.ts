import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { isObject, type JsonObject } from '../../../../src/platform/json.ts'
import type { State } from '../state/state.ts'
import { assertScope, authenticate, findPlace } from './authenticate.ts'
import { ApiError, badJson, methodNotAllowed, notFound, serverError, throttled } from './errors.ts'
import { type ActiveFault, afterWork, beforeWork, DroppedConnection, type Faults } from './faults.ts'
import type { RequestLog } from './requestLog.ts'
import type { Answer, Call, Route, Router } from './router.ts'
import type { Throttle } from './throttle.ts'

export interface Served {
  state: State
  router: Router
  faults: Faults
  throttle: Throttle
  requests: RequestLog
  /** Answers of the test, before the routes are asked. */
  answers: ((call: Call, path: string) => Answer | undefined)[]
  /** Moves or adds rows between pages. */
  disturb(fault: ActiveFault['fault'], path: string, call: Call): void
}

export function createStandIn(served: Served): Server {
  return createServer((request, response) => {
    handle(served, request, response).catch((error: unknown) => {
      // The client went away before its request was whole: there is nobody to answer.
      if (error instanceof DroppedConnection || !request.complete) response.destroy()
      else throw error
    })
  })
}

async function handle(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request)
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
  const token = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
  const { method = 'GET', headers } = request
  const recorded = served.requests.add({ method, path: url.pathname, search: url.search, token, headers, body, status: 0 })
  const met = served.faults.meet(recorded)
  const answer = await answered(served, request, url, body, met)
  recorded.status = answer.status
  await send(served, response, answer, met)
}

async function answered(served: Served, request: IncomingMessage, url: URL, text: string, met: ActiveFault[]): Promise<Answer> {
  try {
    await beforeWork(met)
    const { call, route } = prepare(served, request, url, text)
    const answer =
      served.answers.map((answerOf) => answerOf(call, url.pathname)).find((each) => each !== undefined) ?? (await route.handle(call))
    for (const { fault } of met) served.disturb(fault, url.pathname, call)
    return await afterWork(met, answer, url)
  } catch (error) {
    if (error instanceof DroppedConnection) throw error
    if (error instanceof ApiError) return { status: error.status, body: error.body, headers: error.headers }
    // A mistake of the stand-in: the client sees what it would see of PostHog, and a person sees why.
    console.error(error)
    const { status, body } = serverError()
    return { status, body }
  }
}

/** Finds the route, and checks key, project, scope and limit, in this order. */
function prepare(served: Served, request: IncomingMessage, url: URL, text: string): { call: Call; route: Route } {
  const { state, router, throttle } = served
  const { routes, params } = router.match(url.pathname, state)
  if (routes.length === 0) throw notFound('Endpoint not found.')
  const body = parseBody(text)
  const { key, viewer } = authenticate(state, request, body, url.searchParams)
  const place = findPlace(state, key, viewer, params)
  const route = routes.find(({ method }) => method === request.method)
  if (route === undefined) throw methodNotAllowed(request.method ?? '')
  assertScope(state, key, route)
  const wait = state.settings.throttling ? throttle.count(key.token, route.rate, state.realNow()) : null
  if (wait !== null) throw throttled(wait)
  const client = request.headers['x-posthog-client']
  const actor = { user: viewer, client: typeof client === 'string' ? client : null, scopes: key.scopes, gated: true }
  return { route, call: { state, ...place, viewer, key, actor, params, query: url.searchParams, body, url } }
}

function parseBody(text: string): JsonObject {
  if (text === '') return {}
  try {
    const body: unknown = JSON.parse(text)
    // A list or a number is no body that any endpoint takes.
    return isObject(body) ? body : {}
  } catch {
    throw badJson()
  }
}

async function send({ state }: Served, response: ServerResponse, { status, body, headers }: Answer, met: ActiveFault[]): Promise<void> {
  const date = new Date(state.realNow().getTime() + state.settings.dateHeaderOffset).toUTCString()
  const isText = typeof body === 'string'
  const bytes = Buffer.from(body === undefined ? '' : isText ? body : JSON.stringify(body))
  const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const cut = met.find(({ fault }) => fault.kind === 'cut')?.fault
  const isCut = cut?.kind === 'cut'
  const shown = isCut ? bytes.subarray(0, cut.bytes ?? Math.floor(bytes.length / 2)) : bytes
  const length = isCut && !cut.clean ? bytes.length : shown.length
  response.writeHead(status, { Date: date, ...type, 'Content-Length': length, ...headers })
  if (!isCut || cut.clean) response.end(status === 204 ? undefined : shown)
  // The bytes leave before the connection ends.
  else response.write(shown, () => response.destroy())
}

/** Whether a path lists flags or experiments. */
export function listedType(path: string): 'feature_flag' | 'experiment' | null {
  if (/\/feature_flags\/?$/.test(path)) return 'feature_flag'
  return /\/experiments\/?$/.test(path) ? 'experiment' : null
}
