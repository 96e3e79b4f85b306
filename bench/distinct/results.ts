import type { IdleFigures } from '../measure/atRest.ts'
import type { Figures } from '../measure/round.ts'
import type { Goal, Machine } from '../report/results.ts'
import type { Peer } from './operations.ts'

/** The figures of one operation with so many clients, by system. `two` are two processes of our service. */
export type DistinctFigures = Partial<Record<Peer | 'yoga' | 'two', Figures>>

/** The figures of one size: by operation, and by number of clients. */
export type DistinctSize = Record<string, { title: string; clients: Record<string, DistinctFigures> }>

/** The content of results/distinct.json. */
export interface DistinctResults {
  machine: Machine
  settings: { seconds: number; rounds: number; quick: boolean }
  goals: Goal[]
  atRest: IdleFigures | null
  sizes: Record<string, DistinctSize>
}
