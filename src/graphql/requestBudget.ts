import type { Context } from './context.ts'

/**
 * Creates what all fields of an HTTP request share, to count their work. Unlike a data loader, it is neither one for each operation of a batch
 * nor new after each mutation: a request would otherwise get as much work done as it has operations and mutations.
 */
export function createRequestBudget<Budget>(create: () => Budget): (context: Context) => Budget {
  const budgets = new WeakMap<object, Budget>()
  return ({ work }) => {
    const budget = budgets.get(work) ?? create()
    budgets.set(work, budget)
    return budget
  }
}
