import type { Experiment, FeatureFlag, Prisma } from '../../../../database/generated/client.ts'
import { asArray, asObject, isObject, type JsonObject } from '../../../../platform/json.ts'

// The stamps of frozen exposure in a flag's filters, in the form of the REST API. A stamped set only lets in people of a cohort.

/** Whether a condition set has the stamp. */
const isStamped = (set: unknown) => asObject(set)?.exposure_frozen === true

/** Whether any condition set has the stamp, of this cohort if one is given. */
export function hasStamps(filters: unknown, cohortId?: number | null): boolean {
  return (asArray(asObject(filters)?.groups) ?? []).some(
    (set) => isStamped(set) && (cohortId === undefined || asObject(set)?.exposure_frozen_cohort === cohortId),
  )
}

/**
 * Adds a cohort to each condition set, and stamps it. Stamps that are there are taken away first.
 *
 * @param cohortId null if the cohort is yet to be made
 */
export function freezeFilters(filters: unknown, cohortId: number | null): Prisma.InputJsonObject {
  const { groups, ...others } = unfreezeFilters(filters)
  const sets = (asArray(groups) ?? []).map((set) => {
    const fields = asObject(set) ?? {}
    const condition = { key: 'id', type: 'cohort', value: cohortId, operator: 'in' }
    const properties = [...(asArray(fields.properties) ?? []), condition]
    return { ...fields, properties, exposure_frozen: true, exposure_frozen_cohort: cohortId }
  })
  return { ...others, groups: sets } as Prisma.InputJsonObject
}

/** Takes away the stamps, and of each stamped set the one condition that freezing added. With a cohort, only the stamps of that. */
export function unfreezeFilters(filters: unknown, cohortId?: number | null): Prisma.InputJsonObject {
  const fields = asObject(filters) ?? {}
  const groups = asArray(fields.groups)
  if (groups === null) return fields as Prisma.InputJsonObject
  const sets = groups.map((set) => {
    const stamped = asObject(set)
    if (stamped === null || !isStamped(stamped)) return set
    if (cohortId !== undefined && stamped.exposure_frozen_cohort !== cohortId) return set
    const { exposure_frozen: _, exposure_frozen_cohort: cohort, ...rest } = stamped
    return { ...rest, properties: withoutCohort(asArray(rest.properties) ?? [], cohort) }
  })
  return { ...fields, groups: sets } as Prisma.InputJsonObject
}

/** The change of the flag that takes away what freezing this experiment added. Empty if it did not. */
export function ownUnfreezePatch({ exposureCohortId, featureFlag }: Pick<Experiment, 'exposureCohortId'> & { featureFlag: FeatureFlag }): {
  filters?: Prisma.InputJsonObject
} {
  if (exposureCohortId === null || featureFlag.deleted) return {}
  return { filters: unfreezeFilters(featureFlag.filters, exposureCohortId) }
}

/** Removes the last condition on a cohort: freezing adds it at the end. A condition of a person's own stays. */
function withoutCohort(properties: readonly unknown[], cohort: unknown): unknown[] {
  const index = properties.findLastIndex((property) => isObject(property) && isCohortCondition(property, cohort))
  return properties.filter((_, place) => place !== index)
}

function isCohortCondition({ type, value, negation, operator }: JsonObject, cohort: unknown): boolean {
  return type === 'cohort' && cohort != null && String(value) === String(cohort) && negation !== true && operator !== 'not_in'
}
