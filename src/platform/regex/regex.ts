import { LRUCache } from 'lru-cache'
import { compilePattern, findPattern, type Program, parseBounded, type Work } from './program.ts'

/** The most steps of one search. PostHog bounds them too; a search of this many takes some milliseconds. */
const maxSteps = 200_000

/** Patterns are few and used again and again. The size is that of their programs, in instructions, and of the classes in their texts. */
const programs = new LRUCache<string, { program: Program | null }>({
  max: 1_000,
  maxSize: 200_000,
  sizeCalculation: ({ program }, pattern) => (program?.instructions.length ?? 0) + pattern.length + 1,
})

/** Whether a pattern can be searched for. */
export function isPattern(text: string): boolean {
  return parseBounded(text) !== null
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
    // To write an instruction takes about twice as long as to run one.
    work.steps -= pattern.length + 2 * (known.program?.instructions.length ?? 0)
    programs.set(pattern, known)
  }
  return known.program === null ? null : findPattern(known.program, text, maxSteps, work)
}
