/**
 * What an answer of `npm audit --json` means: `unsupported` if the registry has no audit, `clean`, `findings` from the severity high on, or
 * `failed` for anything else.
 */
export function auditVerdict(json: string): 'clean' | 'findings' | 'unsupported' | 'failed' {
  const answer = parse(json)
  const found = answer.metadata?.vulnerabilities
  if (found !== undefined) return found.high + found.critical > 0 ? 'findings' : 'clean'
  return [404, 405, 501].includes(answer.statusCode ?? 0) ? 'unsupported' : 'failed'
}

interface Answer {
  metadata?: { vulnerabilities: { high: number; critical: number } }
  statusCode?: number
}

function parse(json: string): Answer {
  try {
    return JSON.parse(json)
  } catch {
    return {}
  }
}
