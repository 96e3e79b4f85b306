import type { Transaction } from '../../../database/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { flagProblems, malformedReason } from '../rules/experimentFlag.ts'

/**
 * Returns an error for each reason why no experiment can use a flag with these filters, as `flagProblems` says.
 *
 * @param baselineKey null if the input that names the baseline is checked by itself
 */
export async function validateExperimentFlag(
  tx: Transaction,
  filters: unknown,
  baselineKey: string | null,
  path: readonly string[],
): Promise<FieldError[]> {
  const [rule] = await tx.$queryRaw<{ reasons: string[] }[]>`
    SELECT experiment_ineligibility(${JSON.stringify(filters)}::jsonb, false, false, false) AS reasons`
  const isMalformed = rule?.reasons.includes(malformedReason) ?? false
  return flagProblems(filters, isMalformed, baselineKey).map((message) => fieldError(path, message))
}
