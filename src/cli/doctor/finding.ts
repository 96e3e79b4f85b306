/** What a check found. */
export interface Finding {
  check: string
  /** `skipped`: it could not be looked at. Another finding says why. */
  level: 'ok' | 'warning' | 'problem' | 'skipped'
  /** What was seen. It holds no secrets. */
  seen: string
  /** What to do about it; null if nothing is to be done. */
  advice: string | null
}

export const ok = (check: string, seen: string): Finding => ({ check, level: 'ok', seen, advice: null })
export const skipped = (check: string): Finding => ({ check, level: 'skipped', seen: 'Not looked at.', advice: null })
export const warning = (check: string, seen: string, advice: string): Finding => ({ check, level: 'warning', seen, advice })
export const problem = (check: string, seen: string, advice: string): Finding => ({ check, level: 'problem', seen, advice })

/** A message of another program, with a full stop. */
export const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)
