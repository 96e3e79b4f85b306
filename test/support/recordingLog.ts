import { pino } from 'pino'
import type { Logger } from '../../src/platform/logger.ts'

/** A log, and the lines that were written to it. */
export function recordingLog(): { log: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  return { log: pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) }), lines }
}
