import type { Prisma } from '../../../database/generated/client.ts'
import type { VariantInput } from '../../featureFlags/rules/typedFilters.ts'
import { maxKeyLength } from '../../featureFlags/rules/validateFlag.ts'

// The name, variants and metrics of an experiment that compares the versions of a prompt (experiments.md 7).

/** Returns a name such as `greeter: v3, v1 (cost)`. */
export function promptExperimentName(prompt: string, versions: readonly number[], templates: readonly string[]): string {
  return `${prompt}: ${versions.map((version) => `v${version}`).join(', ')} (${templates.join(', ')})`
}

/** Makes a flag key from a name: lower-case ASCII, words joined by hyphens, at most 200 characters. `experiment` if nothing is left. */
export function slug(name: string): string {
  const text = name
    .normalize('NFKD')
    .replaceAll(/[^\p{ASCII}]/gu, '')
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/[-\s]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 200)
    // After the cut, which may leave a hyphen at the end.
    .replace(/[-_]+$/, '')
  return text === '' ? 'experiment' : text
}

/** Returns a candidate for the key of a flag: `<base>`, `<base>-2`, `<base>-3`, … Attempts count from 1. A long base is cut. */
export function keyCandidate(base: string, attempt: number): string {
  const ending = attempt <= 1 ? '' : `-${attempt}`
  return `${base.slice(0, maxKeyLength - ending.length)}${ending}`
}

/** Returns one variant per version. The first is `control`. The last gets the remainder of 100 percent. */
export function promptVariants(prompt: string, versions: readonly number[]): VariantInput[] {
  const share = Math.floor(100 / versions.length)
  return versions.map((version, index) => ({
    key: index === 0 ? 'control' : versions.length === 2 ? 'test' : `test-${index}`,
    name: `v${version}`,
    rolloutPercentage: index === versions.length - 1 ? 100 - share * index : share,
    payload: { prompt_name: prompt, prompt_version: version },
  }))
}

export type PromptTemplateKey = 'COST' | 'LATENCY' | 'EVAL_PASS_RATE'

/** Returns the metric of a template for a prompt (experiments.md 4). */
export function promptMetric(template: PromptTemplateKey, prompt: string): Prisma.InputJsonObject {
  const promptFilter = { key: '$ai_prompt_name', value: prompt, operator: 'exact', type: 'event' }
  const hogql = (key: string) => ({ key, type: 'hogql' })
  const applicableFilter = hogql("JSONExtractRaw(properties, '$ai_evaluation_applicable') != 'false'")
  const booleanFilter = hogql("JSONExtractString(properties, '$ai_evaluation_result_type') IN ('', 'boolean')")
  const passedFilter = hogql("JSONExtractBool(properties, '$ai_evaluation_result')")
  const eventsNode = (event: string, properties: Prisma.InputJsonValue[]) => ({ kind: 'EventsNode', event, properties })

  const meanMetric = (name: string, property: string) => ({
    kind: 'ExperimentMetric',
    metric_type: 'mean',
    name,
    goal: 'decrease',
    source: { ...eventsNode('$ai_generation', [promptFilter]), math: 'sum', math_property: property },
  })
  return {
    COST: meanMetric('Cost', '$ai_total_cost_usd'),
    LATENCY: meanMetric('Latency', '$ai_latency'),
    EVAL_PASS_RATE: {
      kind: 'ExperimentMetric',
      metric_type: 'ratio',
      name: 'Eval pass rate',
      numerator: eventsNode('$ai_evaluation', [promptFilter, passedFilter, applicableFilter, booleanFilter]),
      denominator: eventsNode('$ai_evaluation', [promptFilter, applicableFilter, booleanFilter]),
    },
  }[template]
}
