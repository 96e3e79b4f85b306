import type { Prisma } from '../../../database/generated/client.ts'
import { type Fault, fault } from '../../../platform/fieldError.ts'
import { unstorable } from '../../../platform/storableJson.ts'
import { textFaults } from '../../../platform/textValidation.ts'
import { checkPercentage } from '../../featureFlags/rules/filterValues.ts'
import { variantKeyFaults, variantSetFaults } from '../../featureFlags/rules/validateFilters.ts'

// The variants that a client gives for an experiment's flag (experiments.md 8.1).

/** As `VariantInput` has it; `name` and `payload` may be missing. */
export interface GivenVariant {
  key: string
  name?: string | null
  rolloutPercentage: number
  payload?: unknown
}

const maxName = 400
const maxPayloadBytes = 65_536

/** What is wrong with the variants; a flag of an experiment has at least two, one of them `control`. */
export function variantFaults(given: readonly GivenVariant[]): Fault[] {
  const path = ['variants']
  if (given.length > 20) return [fault(path, 'Feature flag variants must be less than 21')]
  const variants = normalisedVariants(given)
  const each = variants.flatMap((variant, index) => {
    const at = [...path, String(index)]
    return [
      ...variantKeyFaults([...at, 'key'], variant.key),
      ...textFaults([...at, 'name'], variant.name, maxName),
      ...checkPercentage([...at, 'rolloutPercentage'], variant.rolloutPercentage),
      ...payloadFaults([...at, 'payload'], variant.payload),
    ]
  })
  return [
    ...(variants.length >= 2 ? [] : [fault(path, 'Feature flag must have at least 2 variants (control and at least one test variant)')]),
    ...(variants.some(({ key }) => key === 'control') ? [] : [fault(path, "Feature flag must have a variant with key 'control'")]),
    ...each,
    ...(each.length > 0 || variants.length < 2
      ? []
      : variantSetFaults(
          path,
          variants.map(({ key, rolloutPercentage }) => ({ key, rollout_percentage: rolloutPercentage })),
        )),
  ]
}

function payloadFaults(path: readonly string[], payload: unknown): Fault[] {
  if (payload == null) return []
  const reason = unstorable(payload)
  if (reason !== null) return [fault(path, `Cannot be kept: ${reason}.`)]
  return Buffer.byteLength(JSON.stringify(payload)) <= maxPayloadBytes
    ? []
    : [fault(path, `Must be at most ${maxPayloadBytes} bytes of JSON.`, 'max_length')]
}

/** A single `Control` in other capitals is meant as `control`. */
export function normalisedVariants<Given extends { key: string }>(variants: readonly Given[]): Given[] {
  const alike = variants.filter(({ key }) => key.toLowerCase() === 'control')
  const [only] = alike
  if (alike.length !== 1 || only === undefined || only.key === 'control') return [...variants]
  return variants.map((variant) => (variant === only ? { ...variant, key: 'control' } : variant))
}

/** The variants as a flag's `filters` hold them. */
export function filterVariants(variants: readonly GivenVariant[]): Prisma.InputJsonObject[] {
  return normalisedVariants(variants).map(({ key, name, rolloutPercentage }) => ({
    key,
    ...(name == null ? {} : { name }),
    rollout_percentage: rolloutPercentage,
  }))
}

/** The payloads as a flag's `filters` hold them: JSON text by variant key; null when there is none. */
export function filterPayloads(variants: readonly GivenVariant[]): Prisma.InputJsonObject | null {
  const payloads = normalisedVariants(variants).flatMap(({ key, payload }) => (payload == null ? [] : [[key, JSON.stringify(payload)]]))
  return payloads.length === 0 ? null : Object.fromEntries(payloads)
}
