import { approvals } from './approvals.ts'
import { errors } from './errors.ts'
import { experiments } from './experiments.ts'
import { flags } from './flags.ts'
import type { Section } from './mapping.ts'
import { metrics } from './metrics.ts'
import { onlyHere } from './onlyHere.ts'
import { people } from './people.ts'

/** What stands in the schema for PostHog's REST API, in the order of docs/from-rest.md. */
export const restMap: readonly Section[] = [...flags, ...experiments, ...metrics, ...approvals, ...people, errors, onlyHere]
