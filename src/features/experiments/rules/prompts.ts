import type { Prisma } from '../../../database/generated/client.ts'
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

export type PromptTemplateKey = 'COST' | 'LATENCY' | 'EVAL_PASS_RATE'

/** The metric that a template builds for a prompt (experiments.md 4). */
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
  switch (template) {
    case 'COST':
      return meanMetric('Cost', '$ai_total_cost_usd')
    case 'LATENCY':
      return meanMetric('Latency', '$ai_latency')
    case 'EVAL_PASS_RATE':
      return {
        kind: 'ExperimentMetric',
        metric_type: 'ratio',
        name: 'Eval pass rate',
        numerator: eventsNode('$ai_evaluation', [promptFilter, passedFilter, applicableFilter, booleanFilter]),
        denominator: eventsNode('$ai_evaluation', [promptFilter, applicableFilter, booleanFilter]),
      }
  }
}
