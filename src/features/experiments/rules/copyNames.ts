import { maxExperimentNameLength } from './validateExperiment.ts'

/** Returns a candidate for the name of a copy: `<source> (Copy)`, `<source> (Copy) 1`, … A long source name is cut before the ending. */
export function copyNameCandidate(source: string, attempt: number): string {
  const ending = attempt === 0 ? ' (Copy)' : ` (Copy) ${attempt}`
  return `${[...source].slice(0, maxExperimentNameLength - ending.length).join('')}${ending}`
}
