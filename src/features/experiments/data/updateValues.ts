import type { lockExperiment } from '../../../commands/rowLocks.ts'
import type { ExperimentConclusion, Prisma } from '../../../database/generated/client.ts'
import type { VariantInput } from '../rules/variantInputs.ts'

/** The experiment that is changed, with its flag and project. */
export type LockedExperiment = Awaited<ReturnType<typeof lockExperiment>>

/** What is to be set; what is missing stays. Dates are RFC 3339, as a stored change request holds them. */
export interface UpdateExperimentData {
  id: number
  name?: string
  description?: string | null
  variants?: VariantInput[]
  rolloutPercentage?: number
  metrics?: Prisma.JsonValue[]
  metricsSecondary?: Prisma.JsonValue[]
  statsConfig?: Prisma.JsonValue
  exposureCriteria?: Prisma.JsonValue
  startDate?: string
  endDate?: string | null
  conclusion?: ExperimentConclusion | null
  conclusionComment?: string | null
  deleted?: boolean
}

export type UpdateValues = Omit<UpdateExperimentData, 'id'>
