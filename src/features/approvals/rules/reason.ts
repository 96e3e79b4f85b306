const maxReasonLength = 2_000

/** The reason for a vote or cancellation as it is stored: trimmed, without NUL characters, and cut to `maxReasonLength`. */
export function normalizeReason(reason: string | null | undefined): string {
  return [...(reason ?? '').replaceAll('\0', '').toWellFormed().trim()].slice(0, maxReasonLength).join('')
}
