import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'

// PostGraphile 5, set up as in its documentation, over the service's tables and the additions of forPeers.sql.

const { DATABASE_URL: connectionString = '', PORT, SCHEMAS = 'public' } = process.env

const server = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString, schemas: SCHEMAS.split(','), poolConfig: { max: 10 } })],
  grafserv: { graphqlPath: '/graphql', watch: false, graphiql: false },
  grafast: { explain: false },
})
const http = createServer()
await server.createServ(grafserv).addTo(http)
http.listen(Number(PORT), '127.0.0.1')
