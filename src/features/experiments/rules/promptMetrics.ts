import type { Prisma } from '../../../database/generated/client.ts'

export type PromptTemplateKey = 'COST' | 'LATENCY' | 'EVAL_PASS_RATE'

/** The metric that a template builds for a prompt (experiments.md 4). */
export function promptMetric(template: PromptTemplateKey, prompt: string): Prisma.InputJsonObject {
  const ofPrompt = { key: '$ai_prompt_name', value: prompt, operator: 'exact', type: 'event' }
  const hogql = (key: string) => ({ key, type: 'hogql' })
  const applicable = hogql("JSONExtractRaw(properties, '$ai_evaluation_applicable') != 'false'")
  const boolean = hogql("JSONExtractString(properties, '$ai_evaluation_result_type') IN ('', 'boolean')")
  const passed = hogql("JSONExtractBool(properties, '$ai_evaluation_result')")
  const events = (event: string, properties: Prisma.InputJsonValue[]) => ({ kind: 'EventsNode', event, properties })

  const mean = (name: string, property: string) => ({
    kind: 'ExperimentMetric',
    metric_type: 'mean',
    name,
    goal: 'decrease',
    source: { ...events('$ai_generation', [ofPrompt]), math: 'sum', math_property: property },
  })
  switch (template) {
    case 'COST':
      return mean('Cost', '$ai_total_cost_usd')
    case 'LATENCY':
      return mean('Latency', '$ai_latency')
    case 'EVAL_PASS_RATE':
      return {
        kind: 'ExperimentMetric',
        metric_type: 'ratio',
        name: 'Eval pass rate',
        numerator: events('$ai_evaluation', [ofPrompt, passed, applicable, boolean]),
        denominator: events('$ai_evaluation', [ofPrompt, applicable, boolean]),
      }
  }
}
