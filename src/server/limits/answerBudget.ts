import { AnswerTooLargeError } from '../../graphql/errors.ts'

/** What punctuation takes in JSON: the quotes and the colon of a name, and a comma. */
const punctuation = 4
/** What a number, a boolean or null takes at most, as a rule. */
const scalarBytes = 8
/** What JSON escapes: a control character takes six bytes then. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const escaped = /["\\\u0000-\u001f]/

/** Counts the bytes of an answer while it is built. */
export class AnswerBudget {
  /** Set as soon as the answer is too large. */
  error: AnswerTooLargeError | null = null
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** @throws AnswerTooLargeError if the answer is too large with this name of a field. */
  addName(name: string): void {
    this.#add(name.length + punctuation)
  }

  /**
   * Counts a value as JSON. It stops at the limit, so that no value takes long.
   *
   * @throws AnswerTooLargeError if the answer is too large with this value.
   */
  addValue(value: unknown): void {
    if (typeof value === 'string') this.#add(jsonBytes(value) + punctuation)
    else if (typeof value !== 'object' || value === null) this.#add(scalarBytes)
    else this.#addObject(value)
  }

  /** Not recursive: a stored value may be nested deeply. */
  #addObject(root: object): void {
    const open: object[] = [root]
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      this.#add(punctuation)
      const isList = Array.isArray(value)
      for (const [name, inner] of Object.entries(value)) {
        if (!isList) this.#add(jsonBytes(name) + punctuation)
        if (typeof inner === 'object' && inner !== null) open.push(inner)
        else this.addValue(inner)
      }
    }
  }

  #add(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= this.#maxBytes) return
    this.error ??= new AnswerTooLargeError(this.#maxBytes)
    throw this.error
  }
}

function jsonBytes(text: string): number {
  return escaped.test(text) ? Buffer.byteLength(JSON.stringify(text)) - 2 : Buffer.byteLength(text)
}

/** Returns a function from the context of an operation to the budget of its HTTP request, which all operations of a batch share. */
export function createAnswerBudgets(maxBytes: number): (context: { request: Request }) => AnswerBudget {
  const budgets = new WeakMap<Request, AnswerBudget>()
  return ({ request }) => {
    const budget = budgets.get(request) ?? new AnswerBudget(maxBytes)
    budgets.set(request, budget)
    return budget
  }
}
