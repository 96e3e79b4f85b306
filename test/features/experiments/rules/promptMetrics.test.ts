import { expect, it } from 'vitest'
import { promptMetric } from '../../../../src/features/experiments/rules/promptMetrics.ts'

// Written out, so that a slip in what builds them cannot hide here too (experiments.md 4).

const ofPrompt = { key: '$ai_prompt_name', type: 'event', operator: 'exact', value: "it's {a} prompt" }
const applicable = { type: 'hogql', key: "JSONExtractRaw(properties, '$ai_evaluation_applicable') != 'false'" }
const boolean = { type: 'hogql', key: "JSONExtractString(properties, '$ai_evaluation_result_type') IN ('', 'boolean')" }
const passed = { type: 'hogql', key: "JSONExtractBool(properties, '$ai_evaluation_result')" }

const generation = { kind: 'EventsNode', event: '$ai_generation', math: 'sum', properties: [ofPrompt] }
const mean = { kind: 'ExperimentMetric', metric_type: 'mean', goal: 'decrease' }

it.each([
  ['COST' as const, { ...mean, name: 'Cost', source: { ...generation, math_property: '$ai_total_cost_usd' } }],
  ['LATENCY' as const, { ...mean, name: 'Latency', source: { ...generation, math_property: '$ai_latency' } }],
  [
    'EVAL_PASS_RATE' as const,
    {
      kind: 'ExperimentMetric',
      metric_type: 'ratio',
      name: 'Eval pass rate',
      numerator: { kind: 'EventsNode', event: '$ai_evaluation', properties: [ofPrompt, passed, applicable, boolean] },
      denominator: { kind: 'EventsNode', event: '$ai_evaluation', properties: [ofPrompt, applicable, boolean] },
    },
  ],
])('%s', (template, expected) => {
  expect(promptMetric(template, "it's {a} prompt")).toStrictEqual(expected)
})
