import { LRUCache } from 'lru-cache'
import { compilePattern, findPattern, type Program, type Work } from './program.ts'

/** The most steps of one search. PostHog bounds them too; a search of this many takes some milliseconds. */
const maxSteps = 200_000

/** Patterns are few and used again and again. The size is that of their programs, in instructions. */
const programs = new LRUCache<string, { program: Program | null }>({
  max: 1_000,
  maxSize: 100_000,
  sizeCalculation: ({ program }) => (program?.instructions.length ?? 0) + 1,
})

/** Whether a pattern can be searched for. */
export function isPattern(text: string): boolean {
  return compilePattern(text) !== null
}

/**
 * Whether a pattern is found anywhere in a text (evaluation.md 7).
 *
 * @param work what the request may still do; less remains afterwards
 * @returns null when the pattern is invalid, or the search takes too long
 */
export function searchPattern(pattern: string, text: string, work: Work): boolean | null {
  let known = programs.get(pattern)
  if (known === undefined) {
    known = { program: compilePattern(pattern) }
    work.steps -= pattern.length
    programs.set(pattern, known)
  }
  return known.program === null ? null : findPattern(known.program, text, maxSteps, work)
}
