import { createServer, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { statements } from './ceilingStatements.ts'

// The upper limit of performance: node:http, and one prepared statement per operation, in which PostgreSQL builds the JSON. There is no
// GraphQL, no key and no validation.

const { DATABASE_URL: connectionString = '', PORT } = process.env
// As the service has them. PostgreSQL would plan these statements anew for each request, which takes longer than they do.
const options = '-c TimeZone=UTC -c plan_cache_mode=force_generic_plan'
const pool = new pg.Pool({ connectionString, max: 10, options })

async function read(request: IncomingMessage): Promise<{ statement: keyof typeof statements; values: unknown[] }> {
  let body = ''
  for await (const piece of request) body += piece
  return JSON.parse(body)
}

createServer(async (request, response) => {
  try {
    const { statement, values } = await read(request)
    const { rows } = await pool.query<[string]>({ name: statement, text: statements[statement], values, rowMode: 'array' })
    response.writeHead(200, { 'content-type': 'application/json' }).end(rows[0]?.[0])
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}).listen(Number(PORT), '127.0.0.1')
