/** One error in the input of a mutation. */
export interface FieldError {
  /** The place in the input as the client sent it, such as `['filters', 'groups', '0', 'rollout_percentage']`. */
  path: readonly string[]
  /** For programs: the reference's code if it has one, such as `required`, `unique` or `invalid_key`. Otherwise `invalid_input`. */
  code: string
  /** For people: what is wrong, and what would be right. The reference's text if it has one. */
  message: string
}

/** Creates a field error. The default code is for errors without a code of their own. */
export function fieldError(path: readonly string[], message: string, code = 'invalid_input'): FieldError {
  return { path, code, message }
}

/** Returns the error if something is wrong, as a list to spread. */
export function errorIf(isWrong: boolean, path: readonly string[], message: string, code?: string): FieldError[] {
  return isWrong ? [fieldError(path, message, code)] : []
}

/** How many errors one answer lists. */
export const maxFieldErrors = 20

/** Validates items, until there are more errors than an answer lists. A list of thousands of wrong items would block the process. */
export function validateEach<Item>(items: readonly Item[], validate: (item: Item, index: number) => FieldError[]): FieldError[] {
  const fieldErrors: FieldError[] = []
  for (const [index, item] of items.entries()) {
    fieldErrors.push(...validate(item, index))
    if (fieldErrors.length > maxFieldErrors) break
  }
  return fieldErrors
}
