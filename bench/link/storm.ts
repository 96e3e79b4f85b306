import { parseArgs } from 'node:util'
import { storm } from '../../test/support/storm/storm.ts'
import { openServer } from '../data/database.ts'

const { values } = parseArgs({
  options: {
    changes: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
  },
})
const server = await openServer(process.env.BENCH_DATABASE_URL)
const database = await server.create('storm')
try {
  const result = await storm({
    place: { DATABASE_URL: database.url },
    changes: Number(values.changes),
    kills: Number(values.kills),
    killsOfCopy: Math.ceil(Number(values.kills) / 4),
    seed: Number(values.seed),
    flags: 600,
    experiments: 60,
    waitsForLease: !values.quick,
    say: console.log,
  })
  console.log(JSON.stringify(result, null, 1).slice(0, 12_000))
} finally {
  await database.drop()
  await server.close()
}
