import { afterAll, describe, expect, it } from 'vitest'
import { document } from '../../test/docs/documents.ts'
import { startClickHouse } from '../support/startClickHouse.ts'

// The SQL of docs/events.md, on the real engine. What is about users is only parsed, because the engine of a test has none.

const clickHouse = await startClickHouse()
afterAll(() => clickHouse.close())
await clickHouse.run(`CREATE DATABASE shop; CREATE TABLE shop.tracking
  (id UUID, name String, sent_at DateTime64(6), user_id String, body Map(String, String)) ENGINE = MergeTree ORDER BY id`)

const statements = document('docs/events.md').blocks.flatMap(({ language, text }) =>
  language === 'sql' ? text.split(';').filter((statement) => statement.trim() !== '') : [],
)
const [views, others] = [
  statements.filter((statement) => statement.startsWith('CREATE VIEW')),
  statements.filter((statement) => !statement.startsWith('CREATE VIEW')),
]

describe('the SQL of docs/events.md', () => {
  it.each(others)('is what ClickHouse understands: %s', async (statement) => {
    expect(await clickHouse.run(`EXPLAIN AST ${statement}`)).not.toEqual([])
  })

  it.each(views)('makes a view with the columns that are read: %s', async (statement) => {
    await clickHouse.run(statement)
    await clickHouse.insert('shop.tracking', [
      {
        id: '018f0000-0000-7000-8000-000000000001',
        name: 'purchase',
        sent_at: '2026-11-20 12:00:00',
        user_id: 'ada',
        body: { price: '2' },
      },
    ])
    const [, view = ''] = /VIEW (\S+) AS/.exec(statement) ?? []
    expect(await clickHouse.run(`SELECT team_id, event, distinct_id, properties FROM ${view}`)).toEqual([
      [1, 'purchase', 'ada', '{"price":"2"}'],
    ])
    expect(await clickHouse.run(`SELECT uuid, timestamp FROM ${view}`)).toHaveLength(1)
  })
})
