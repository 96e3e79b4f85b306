import type { GrowthCurves } from '../growth/curves.ts'
import type { IdleFigures } from '../measure/atRest.ts'
import type { Measured } from '../measure/round.ts'

export interface Goal {
  name: string
  goal: string
  /** Rounded; null where it could not be measured. */
  measured: number | null
  met: boolean | null
}

export interface Machine {
  date: string
  cores: number
  processor: string
  memory: number
  platform: string
  node: string
  database: string
}

/** All figures of one size, by operation and system. */
export type SizeResults = Record<string, Measured & { title: string }>

/** The content of results/latest.json. */
export interface Results {
  machine: Machine
  settings: { connections: number; seconds: number; rounds: number; quick: boolean }
  goals: Goal[]
  atRest: IdleFigures | null
  sizes: Record<string, SizeResults>
  growth: GrowthCurves | null
}
