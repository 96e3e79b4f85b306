import { cpus, totalmem } from 'node:os'
import type { Machine } from './results.ts'

export function describeMachine(database: string): Machine {
  const processors = cpus()
  return {
    date: new Date().toISOString(),
    cores: processors.length,
    processor: processors[0]?.model ?? 'unknown',
    memory: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    database,
  }
}
