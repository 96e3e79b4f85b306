import type { JsonObject } from '../../../../src/platform/json.ts'

export const templates = ['cost', 'latency', 'eval_pass_rate']

/** The metric that a template makes for a prompt. */
export function promptMetric(template: string, prompt: string): JsonObject {
  const ofPrompt = { key: '$ai_prompt_name', type: 'event', operator: 'exact', value: prompt }
  if (template !== 'eval_pass_rate') {
    const [name, math_property] = template === 'cost' ? ['Cost', '$ai_total_cost_usd'] : ['Latency', '$ai_latency']
    const source = { kind: 'EventsNode', event: '$ai_generation', math: 'sum', math_property, properties: [ofPrompt] }
    return { kind: 'ExperimentMetric', metric_type: 'mean', name, goal: 'decrease', source }
  }
  const hogql = (key: string) => ({ key, type: 'hogql' })
  const applicable = hogql("JSONExtractRaw(properties, '$ai_evaluation_applicable') != 'false'")
  const isBoolean = hogql("JSONExtractString(properties, '$ai_evaluation_result_type') IN ('', 'boolean')")
  const passed = hogql("JSONExtractBool(properties, '$ai_evaluation_result')")
  const node = (properties: JsonObject[]) => ({ kind: 'EventsNode', event: '$ai_evaluation', properties })
  return {
    ...{ kind: 'ExperimentMetric', metric_type: 'ratio', name: 'Eval pass rate' },
    ...{ numerator: node([ofPrompt, passed, applicable, isBoolean]), denominator: node([ofPrompt, applicable, isBoolean]) },
  }
}
