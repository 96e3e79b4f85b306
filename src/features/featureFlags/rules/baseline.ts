/** The key of the variant that others are compared to, if nobody names another. */
export const defaultBaselineKey = 'control'

/** Whether a flag with these variants has the baseline. It can stand at any place. */
export function hasBaseline(variantKeys: readonly string[], baselineKey: string): boolean {
  return variantKeys.includes(baselineKey)
}
