import { readFile } from 'node:fs/promises'
import { openSession } from '../data/session.ts'

/** Reads the CPU time of the backends of one database. */
export interface DatabaseCpu {
  /** Milliseconds by process id. Null when the server is on another machine, or this is not Linux. */
  read(): Promise<ReadonlyMap<number, number> | null>
  close(): Promise<void>
}

export async function watchDatabase(url: string): Promise<DatabaseCpu> {
  const session = await openSession(url)
  return {
    async read() {
      const { rows } = await session.query<{ pid: number }>(
        'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
      const used = new Map<number, number>()
      for (const { pid } of rows) {
        const cpu = await readProcessCpu(pid)
        if (cpu === null) return null
        used.set(pid, cpu)
      }
      return used
    },
    close: () => session.end(),
  }
}

/** CPU milliseconds of a process. Null unless it is a PostgreSQL process of this machine. */
async function readProcessCpu(pid: number): Promise<number | null> {
  try {
    const [name, scheduled] = await Promise.all([readFile(`/proc/${pid}/comm`, 'utf8'), readFile(`/proc/${pid}/schedstat`, 'utf8')])
    return name.startsWith('postgres') ? Number(scheduled.split(' ')[0]) / 1_000_000 : null
  } catch {
    return null
  }
}

/** The CPU milliseconds between two readings. A backend that started in between counts from its start. */
export function cpuBetween(before: ReadonlyMap<number, number> | null, after: ReadonlyMap<number, number> | null): number | null {
  if (before === null || after === null) return null
  let used = 0
  for (const [pid, cpu] of after) used += cpu - (before.get(pid) ?? 0)
  return used
}
