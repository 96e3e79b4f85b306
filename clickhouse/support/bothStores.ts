import { afterAll, expect } from 'vitest'
import { openClickHouseEvents } from '../../src/database/clickhouse/clickHouseEvents.ts'
import type { Database } from '../../src/database/database.ts'
import type { EventsElsewhere } from '../../src/database/events/eventStore.ts'
import { readConfig } from '../../src/platform/config.ts'
import type { Logger } from '../../src/platform/logger.ts'
import type { Server } from '../../src/server/createServer.ts'
import { type Answer, testServer } from '../../test/support/testServer.ts'
import { type EventRow, insertEvents, postHogTable } from './eventsTable.ts'
import { startClickHouse } from './startClickHouse.ts'

/** What an event needs in a test. */
export interface NewEvent extends Partial<Pick<EventRow, 'id' | 'distinctId'>> {
  event: string
  timestamp: Date | string
  properties?: string | object
}

/** Sends an operation to a server. */
export async function send(server: Server, key: string, query: string, variables: object = {}, signal?: AbortSignal): Promise<Answer> {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
    ...(signal === undefined ? {} : { signal }),
  })
  return (await response.json()) as Answer
}

/** Two servers on one database. One reads events there, the other in ClickHouse, which has the same. */
export async function bothStores(settings: Parameters<typeof testServer>[0] = {}, log?: Logger) {
  const stored = await testServer(settings, log)
  const clickHouse = await startClickHouse()
  await clickHouse.run(postHogTable())
  const opened: EventsElsewhere[] = []
  afterAll(async () => {
    for (const events of opened) await events.close()
    await clickHouse.close()
  })

  /** A server whose events are in ClickHouse, with these variables in its environment. */
  const serverWith = async (environment: Record<string, string> = {}) => {
    const { eventsUrl, ...config } = readConfig({ EVENTS_URL: clickHouse.url, ...environment })
    if (eventsUrl === null) throw new Error('EVENTS_URL is not set.')
    const eventsElsewhere = await openClickHouseEvents(eventsUrl, config)
    opened.push(eventsElsewhere)
    const database: Database = { ...stored, eventsElsewhere }
    return { server: stored.serverOn(database), database, eventsElsewhere }
  }
  const inClickHouse = await serverWith()

  /** Adds events to both. */
  const addEvents = async (project: { id: number }, events: readonly NewEvent[]) => {
    const rows = events.map(({ id = crypto.randomUUID(), event, timestamp, distinctId = 'somebody', properties = {} }) => ({
      ...{ projectId: project.id, id, event, timestamp: new Date(timestamp), distinctId },
      properties: typeof properties === 'string' ? properties : JSON.stringify(properties),
    }))
    await stored.db.event.createMany({ data: rows })
    await insertEvents(clickHouse, rows)
  }

  /** Asks both, expects equal answers apart from the name of the source, and returns that of the database. */
  const askBoth = async (key: string, query: string, variables: object = {}) => {
    const [fromDatabase, fromClickHouse] = await Promise.all([
      send(stored.server, key, query, variables),
      send(inClickHouse.server, key, query, variables),
    ])
    const text = JSON.stringify(fromClickHouse)
    expect(JSON.parse(text.replaceAll('"source":"clickhouse"', '"source":"events"'))).toEqual(fromDatabase)
    return fromDatabase
  }
  return { ...stored, clickHouse, inClickHouse, serverWith, addEvents, askBoth }
}
