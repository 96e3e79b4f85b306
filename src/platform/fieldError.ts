/** One thing that is wrong with the input of a mutation. */
export interface FieldError {
  /** Where in the input, as a client wrote it: `['filters', 'groups', '0', 'rollout_percentage']`. */
  path: readonly string[]
  /** A word for programs, the reference's own where it has one: `required`, `unique`, `invalid_key`, else `invalid_input`. */
  code: string
  /** What is wrong and what would be right; the reference's text where it has one. */
  message: string
}

/** A fault that has no word of its own. */
export function fieldError(path: readonly string[], message: string, code = 'invalid_input'): FieldError {
  return { path, code, message }
}
