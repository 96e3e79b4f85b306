import type { Plugin } from 'graphql-yoga'
import type { Db } from '../../database/client.ts'
import { migrationNames } from '../../database/migrations.ts'
import { errorResponse } from '../errorResponse.ts'

/** How long the database may take to answer, in milliseconds. */
const limitMs = 1_000

interface Checks {
  database: 'ok' | 'failed' | 'no answer within a second'
  /** Newer migrations than this server knows are no fault: during an update, old servers go on until new ones have replaced them. */
  migrations: 'ok' | 'missing' | 'unknown'
  stopping: boolean
}

const methods = ['GET', 'HEAD']

/**
 * Answers `/health`, which says that the process lives, and `/ready`: whether the server can do its work now, with the result of each check.
 * Yoga's own health check answers any URL that ends so, also that of an operation.
 */
export function useHealthChecks(db: Db, isStopping: () => boolean): Plugin {
  let current: Promise<Omit<Checks, 'stopping'>> | null = null
  // Probes that come while the database is silent share one check, so that they do not fill the pool.
  const checkOnce = () => {
    current ??= checkDatabase(db).finally(() => {
      current = null
    })
    return current
  }
  return {
    onRequest: async ({ url, request, endResponse, fetchAPI }) => {
      if (url.pathname !== '/health' && url.pathname !== '/ready') return
      if (!methods.includes(request.method)) {
        const wrongMethod = errorResponse(405, `${url.pathname} answers GET and HEAD.`)
        wrongMethod.headers.set('allow', methods.join(', '))
        return endResponse(wrongMethod)
      }
      if (url.pathname === '/health')
        return endResponse(new fetchAPI.Response(null, { status: 200, headers: { 'cache-control': 'no-store' } }))
      const checks: Checks = { ...(await withinLimit(checkOnce())), stopping: isStopping() }
      const ready = checks.database === 'ok' && checks.migrations === 'ok' && !checks.stopping
      const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
      endResponse(new fetchAPI.Response(JSON.stringify({ ready, checks }), { status: ready ? 200 : 503, headers }))
    },
  }
}

async function checkDatabase(db: Db): Promise<Omit<Checks, 'stopping'>> {
  try {
    const rows = await db.$queryRaw<{ name: string }[]>`
      SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`
    const applied = new Set(rows.map(({ name }) => name))
    return { database: 'ok', migrations: (await migrationNames()).every((name) => applied.has(name)) ? 'ok' : 'missing' }
  } catch {
    return { database: 'failed', migrations: 'unknown' }
  }
}

function withinLimit(check: Promise<Omit<Checks, 'stopping'>>): Promise<Omit<Checks, 'stopping'>> {
  const { promise, resolve } = Promise.withResolvers<Omit<Checks, 'stopping'>>()
  const timer = setTimeout(() => resolve({ database: 'no answer within a second', migrations: 'unknown' }), limitMs)
  void check.then(resolve).finally(() => clearTimeout(timer))
  return promise
}
