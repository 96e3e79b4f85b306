import { maxExperimentNameLength } from './validateExperiment.ts'

/** The names a copy may have, the best first: `<source> (Copy)`, `<source> (Copy) 1`, … A long source name is cut, not the ending. */
export function copyNameCandidate(source: string, attempt: number): string {
  const ending = attempt === 0 ? ' (Copy)' : ` (Copy) ${attempt}`
  return `${[...source].slice(0, maxExperimentNameLength - ending.length).join('')}${ending}`
}
