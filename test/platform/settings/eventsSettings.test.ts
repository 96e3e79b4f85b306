import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/platform/config.ts'
import { parseEventsUrl } from '../../../src/platform/settings/eventsSettings.ts'

describe('EVENTS_URL', () => {
  it.each([
    ['clickhouse://localhost', { url: 'http://localhost:8123', username: 'default', password: '', database: 'default' }],
    [
      'clickhouses://ada:pass%40word@ch.example.com/posthog',
      { url: 'https://ch.example.com:8443', username: 'ada', password: 'pass@word', database: 'posthog' },
    ],
    ['http://localhost:8124/events/', { url: 'http://localhost:8124', database: 'events' }],
    ['https://ch.example.com', { url: 'https://ch.example.com' }],
    ['clickhouse://[::1]:8123', { url: 'http://[::1]:8123' }],
  ])('reads %s', (text, expected) => {
    expect(readConfig({ EVENTS_URL: text }).eventsUrl).toBe(text)
    expect(parseEventsUrl(text)).toMatchObject(expected)
  })

  it.each([
    ['postgres://u:secret@localhost', 'must be a clickhouse://'],
    ['secret', 'must be a clickhouse://'],
    ['clickhouse://u:secret@localhost:9000/db', 'native protocol'],
    ['clickhouse://u:secret@localhost/db?x=1', 'must end with the database'],
    ['clickhouse://u:secret@localhost/a/b', 'must have a path that names one database'],
    ['clickhouse://u:secret@localhost/d`b', 'must have a path that names one database'],
    ['clickhouse://u:secret%@localhost', 'percent-encoding'],
  ])('says what is wrong with %s, and not what it is', (text, problem) => {
    expect(() => readConfig({ EVENTS_URL: text })).toThrow(problem)
    expect(() => readConfig({ EVENTS_URL: text })).toThrow(/^(?![\s\S]*secret)[\s\S]*EVENTS_URL/)
  })
})

it('takes names of columns that differ, and refuses what is no name', () => {
  expect(readConfig({ EVENTS_COLUMNS: 'uuid = id,timestamp=sent_at' }).eventsColumns).toMatchObject({
    uuid: 'id',
    timestamp: 'sent_at',
    event: 'event',
  })
  for (const wrong of ['uuid', 'uuid=', 'uuid=a b', 'uuid=1a', 'uuid=a`b', 'uuid=a=b', 'person=id', 'uuid=a,uuid=b', 'uuid=a,']) {
    expect(() => readConfig({ EVENTS_COLUMNS: wrong }), wrong).toThrow('EVENTS_COLUMNS')
  }
})

it('takes a table, perhaps with its database, and nothing else', () => {
  expect(readConfig({ EVENTS_TABLE: 'posthog.events' }).eventsTable).toBe('posthog.events')
  for (const wrong of ['a.b.c', 'events; DROP TABLE x', 'events`', "ev'ents", '.events', '1events']) {
    expect(() => readConfig({ EVENTS_TABLE: wrong }), wrong).toThrow('EVENTS_TABLE must be the name of a table')
  }
})

it('takes the teams of projects', () => {
  expect(readConfig({ EVENTS_PROJECTS: '3=17, 4 = 9007199254740991' }).eventsProjects).toEqual([
    [3, 17],
    [4, 9007199254740991],
  ])
  for (const wrong of ['3', '3=', '=3', '0=3', '3=-1', '3=1.5', '99999999999=1', '2147483648=1', '3=9007199254740992', '3=1,3=2', 'a=1']) {
    expect(() => readConfig({ EVENTS_PROJECTS: wrong }), wrong).toThrow('EVENTS_PROJECTS')
  }
})

it('has no demo data beside the events of others, unless the projects are named', () => {
  expect(readConfig({ EVENTS_URL: 'clickhouse://localhost' }).demoData).toBe(false)
  expect(() => readConfig({ EVENTS_URL: 'clickhouse://localhost', DEMO_DATA: 'true' })).toThrow(
    'DEMO_DATA would show the events of a team in ClickHouse to whoever has the demo key',
  )
  expect(readConfig({ EVENTS_URL: 'clickhouse://localhost', DEMO_DATA: 'true', EVENTS_PROJECTS: '5=1' }).demoData).toBe(true)
})
