import type { Prisma } from '../../../database/generated/client.ts'

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
