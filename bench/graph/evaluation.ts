import assert from 'node:assert'
import { PostHog } from 'posthog-node'
import { Evaluation } from '../../src/features/evaluation/rules/evaluation.ts'
import { toEvaluatedFlag, toFlagValues } from '../../src/features/evaluation/rules/flagState.ts'
import { createFlagWorld } from '../../src/features/evaluation/rules/flagWorld.ts'
import { median } from '../measure/round.ts'

/** Milliseconds of CPU for a hundred flags and one person. */
export interface EvaluationFigures {
  ours: number
  /** PostHog's client library, which evaluates the same flags in the same process. */
  clientLibrary: number
}

const count = 100

/** Flags with a share, with conditions, and with variants. */
const definitions = Array.from({ length: count }, (_, index) => ({
  id: index + 1,
  key: `flag-${index}`,
  name: '',
  active: index % 10 !== 9,
  deleted: false,
  filters: {
    groups: [
      {
        properties: index % 2 === 0 ? [] : [{ key: 'email', value: '@example.com', operator: 'icontains', type: 'person' }],
        rollout_percentage: (index * 37) % 101,
        variant: null,
      },
      { properties: [{ key: 'plan', value: ['paid', 'trial'], operator: 'exact', type: 'person' }], rollout_percentage: 50, variant: null },
    ],
    payloads: {},
    multivariate:
      index % 3 === 0
        ? { variants: ['control', 'test-1', 'test-2'].map((key, nth) => ({ key, rollout_percentage: nth === 0 ? 34 : 33 })) }
        : null,
  },
}))

const person = (index: number) => ({
  distinctId: `person-${index}`,
  properties: { email: index % 2 === 0 ? `p${index}@example.com` : `p${index}@example.org`, plan: index % 3 === 0 ? 'paid' : 'free' },
})

type Answers = Record<string, string | boolean>

function evaluateOurs() {
  const world = createFlagWorld({
    flags: definitions.map((definition) => toEvaluatedFlag(toFlagValues({ ...definition, bucketingIdentifier: null }))),
    cohorts: [],
    groupTypeNames: new Map(),
    now: new Date(),
    timezone: 'UTC',
    matchingVersion: 2,
  })
  return async (index: number): Promise<Answers> => {
    const { distinctId, properties } = person(index)
    const subject = { distinctId, groups: {}, personProperties: properties, groupProperties: {}, staticCohortIds: new Set<number>() }
    const evaluation = new Evaluation(world, subject, { steps: 1_000_000 })
    const answers: Answers = {}
    for (const flag of world.flagsById.values()) {
      const { enabled, variant } = evaluation.decide(flag)
      answers[flag.key] = variant ?? enabled
    }
    return answers
  }
}

async function evaluateByClientLibrary() {
  // The library downloads the definitions from PostHog. Here they come from memory.
  const answer = JSON.stringify({ flags: definitions, group_type_mapping: {}, cohorts: {} })
  const library = new PostHog('phc_bench', {
    host: 'http://127.0.0.1:9',
    personalApiKey: 'phx_bench',
    fetch: async () => new Response(answer, { status: 200, headers: { 'content-type': 'application/json' } }) as never,
    disableGeoip: true,
  })
  await library.reloadFeatureFlags()
  return {
    evaluate: async (index: number): Promise<Answers> => {
      const { distinctId, properties } = person(index)
      const answers = await library.getAllFlags(distinctId, { personProperties: properties, onlyEvaluateLocally: true })
      return answers as Answers
    },
    stop: () => library.shutdown(),
  }
}

async function measure(evaluate: (index: number) => Promise<Answers>, first: number): Promise<number> {
  const people = 500
  const { user, system } = process.cpuUsage()
  for (let index = 0; index < people; index++) await evaluate(first + index)
  const used = process.cpuUsage({ user, system })
  return (used.user + used.system) / 1_000 / people
}

/** Measures both in turns. The answers are compared first. */
export async function measureEvaluation(rounds: number): Promise<EvaluationFigures> {
  const ours = evaluateOurs()
  const library = await evaluateByClientLibrary()
  try {
    for (let index = 0; index < 200; index++) assert.deepEqual(await ours(index), await library.evaluate(index))
    const found = { ours: [] as number[], clientLibrary: [] as number[] }
    for (let round = 0; round < rounds + 1; round++) {
      const figures = { ours: await measure(ours, round * 1_000), clientLibrary: await measure(library.evaluate, round * 1_000) }
      // The first round warms up.
      if (round === 0) continue
      found.ours.push(figures.ours)
      found.clientLibrary.push(figures.clientLibrary)
    }
    return { ours: median(found.ours), clientLibrary: median(found.clientLibrary) }
  } finally {
    await library.stop()
  }
}
