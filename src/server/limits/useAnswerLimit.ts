import type { ExecutionArgs } from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { AnswerTooLargeError } from '../../graphql/errors.ts'
import { AnswerBudget } from './answerBudget.ts'

/**
 * Refuses answers of Yoga's executor that are too large, before they become text. Names and values are shared until then, so they take
 * little memory. The compiled executor counts by itself, while it builds an answer.
 *
 * @param budgetOf the budget of a request. Each event of a subscription has a budget of its own.
 */
export function useAnswerLimit(maxBytes: number, budgetOf: (context: { request: Request }) => AnswerBudget): Plugin {
  return {
    onExecute: ({ executeFn, setExecuteFn }) =>
      setExecuteFn(async (args: ExecutionArgs) => {
        const budget = budgetOf(args.contextValue as { request: Request })
        const result = await executeFn(args)
        return isAsyncIterable<object>(result) ? limitParts(result, () => budget) : limitPart(result, budget)
      }),
    onSubscribe: () => ({
      onSubscribeResult: ({ result, setResult }) => {
        if (isAsyncIterable<object>(result)) setResult(limitParts(result, () => new AnswerBudget(maxBytes)))
      },
    }),
  }
}

/**
 * Ends after the first part that is too large. Not a generator: its `return` would wait for the next part, and a subscription whose client has
 * gone would stay open until then.
 */
function limitParts(parts: AsyncIterable<object>, nextBudget: () => AnswerBudget): AsyncIterableIterator<object, void, void> {
  const iterator = parts[Symbol.asyncIterator]()
  const end = async () => {
    await iterator.return?.()
    return { done: true as const, value: undefined }
  }
  let isTooLarge = false
  const limited: AsyncIterableIterator<object, void, void> = {
    [Symbol.asyncIterator]: () => limited,
    next: async () => {
      if (isTooLarge) return end()
      const next = await iterator.next()
      if (next.done === true) return { done: true, value: undefined }
      const budget = nextBudget()
      const value = limitPart(next.value, budget)
      isTooLarge = budget.error !== null
      return { done: false, value }
    },
    return: end,
  }
  return limited
}

function limitPart(part: object, budget: AnswerBudget): object {
  try {
    budget.addValue(part)
    return part
  } catch (error) {
    if (!(error instanceof AnswerTooLargeError)) throw error
    return { data: null, errors: [error], ...('hasNext' in part ? { hasNext: false } : {}) }
  }
}
