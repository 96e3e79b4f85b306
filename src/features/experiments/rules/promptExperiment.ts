import { maxKeyLength } from '../../featureFlags/rules/validateFlag.ts'
import type { VariantInput } from './variantInputs.ts'

// What is made up for an experiment over the versions of a prompt (experiments.md 7).

/** `greeter: v3, v1 (cost)`. */
export function promptExperimentName(prompt: string, versions: readonly number[], templates: readonly string[]): string {
  return `${prompt}: ${versions.map((version) => `v${version}`).join(', ')} (${templates.join(', ')})`
}

/** A flag key out of a name: ASCII, lower case, words joined by hyphens, at most 200 characters; `experiment` where nothing is left. */
export function slug(name: string): string {
  const text = name
    .normalize('NFKD')
    .replaceAll(/[^\p{ASCII}]/gu, '')
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/[-\s]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
    .slice(0, 200)
    // Cut at a hyphen, it would end in one.
    .replaceAll(/[-_]+$/g, '')
  return text === '' ? 'experiment' : text
}

/** The keys a flag may have, the best first: `<base>`, `<base>-2`, `<base>-3`, … */
export function keyCandidate(base: string, attempt: number): string {
  const ending = attempt <= 1 ? '' : `-${attempt}`
  return `${base.slice(0, maxKeyLength - ending.length)}${ending}`
}

/** One variant a version, the first of them control, the last with what is left of 100 per cent. */
export function promptVariants(prompt: string, versions: readonly number[]): VariantInput[] {
  const share = Math.floor(100 / versions.length)
  return versions.map((version, index) => ({
    key: index === 0 ? 'control' : versions.length === 2 ? 'test' : `test-${index}`,
    name: `v${version}`,
    rolloutPercentage: index === versions.length - 1 ? 100 - share * index : share,
    payload: { prompt_name: prompt, prompt_version: version },
  }))
}
