import { token } from '../data/load.ts'
import type { Body, Data } from '../operations/operation.ts'
import type { RunningServer } from '../servers/start.ts'
import type { Program } from '../servers/systems.ts'

/** The headers of every request. Only our service needs the key. */
export const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }

/** Sends one request, and returns its data. */
export async function ask({ system, url }: Pick<RunningServer<Program>, 'system' | 'url'>, body: Body): Promise<Data> {
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok || text.includes('"errors":[')) {
    throw new Error(`${system} answered ${response.status} to ${JSON.stringify(body).slice(0, 500)}:\n${text.slice(0, 1_000)}`)
  }
  return JSON.parse(text)
}
