import type { JsonObject } from '../../../src/platform/json.ts'
import { newExperiment } from './experiments/create.ts'
import { newFlag } from './flags/create.ts'
import { addUser } from './people.ts'
import type { Experiment, Flag } from './state/rows.ts'
import type { State } from './state/state.ts'
import { day, type Micros, second } from './state/time.ts'

export interface FillOptions {
  flags?: number
  experiments?: number
  people?: number
  /** Rows are the same for the same seed. */
  seed?: number
  /** The newest rows were changed just before this. The clock of the server, if it is absent. */
  until?: Date
}

/** Makes many rows, straight into the tables: no activity, no policies. Rows share what they can. */
export function fill(state: State, project: number, options: FillOptions): void {
  const { flags = 0, experiments = 0, people = 20, seed = 1 } = options
  const until = options.until === undefined ? state.now() : options.until.getTime() * 1_000
  const random = createRandom(seed)
  const organization = state.projectOf({ team_id: project }).organization
  const users = Array.from({ length: people }, () => addUser(state, { organization, project }).id)
  const made = Array.from({ length: Math.max(flags, experiments > 0 ? 1 : 0) }, (_, at) => {
    return state.flags.add(makeFlag(state, project, at, flags, users, random, until))
  })
  for (let at = 0; at < experiments; at++) {
    // Experiments take the flags with variants, one after the other. With more experiments than such flags, some share one.
    const flag = made[(at * 2) % made.length]
    if (flag !== undefined) state.experiments.add(makeExperiment(state, project, at, experiments, flag, users, random, until))
  }
}

type Random = (below: number) => number

/** The generator "mulberry32": the same numbers everywhere. */
function createRandom(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const variants = (...shares: number[]) =>
  shares.map((rollout_percentage, at) => ({ key: at === 0 ? 'control' : `test-${at}`, name: '', rollout_percentage }))

function group(at: number, rollout_percentage: number): JsonObject {
  const country = { key: '$geoip_country_code', type: 'person', operator: 'exact', value: [['DE'], ['US', 'CA'], ['BR']][at % 3] }
  return { properties: at % 4 === 0 ? [country] : [], rollout_percentage, variant: null }
}

const rollouts = [0, 5, 10, 25, 33.3, 50, 75, 100]
const plainFilters: JsonObject[] = rollouts.map((rollout, at) => ({ groups: [group(at, rollout)], multivariate: null, payloads: {} }))
const splits = [
  [50, 50],
  [34, 33, 33],
  [25, 25, 25, 25],
  [90, 10],
]
const variantFilters: JsonObject[] = rollouts.map((rollout, at) => ({
  ...{ groups: [group(at, rollout)], multivariate: { variants: variants(...(splits[at % splits.length] ?? [])) }, payloads: {} },
}))
const areas = ['checkout', 'search', 'onboarding', 'billing', 'profile', 'editor', 'inbox', 'reports']
const tagSets: readonly string[][] = [[], [], [], ['growth'], ['core'], ['growth', 'web'], ['mobile']]
const contextSets: readonly string[][] = [[], [], ['production'], ['staging', 'production']]

const pick = <T>(from: readonly T[], random: Random): T => from[random(from.length)] as T

function makeFlag(state: State, team_id: number, at: number, of: number, users: number[], random: Random, until: Micros): Flag {
  const id = state.flags.nextId()
  const isVariant = at % 2 === 0
  const archived = at % 20 === 19
  // The oldest row comes first. Changes are spread over two years, each at a time of its own.
  const created_at = until - Math.floor(((of - at) * 730 * day) / Math.max(of, 1)) - random(1_000_000)
  const updated_at = created_at + Math.floor(((until - created_at) * random(1_000)) / 1_000)
  return {
    ...newFlag,
    id,
    team_id,
    key: `${areas[at % areas.length]}-${id}`,
    name: `Shows the new ${areas[at % areas.length]}`,
    filters: pick(isVariant ? variantFilters : plainFilters, random),
    active: !archived && at % 3 !== 0,
    archived,
    version: 1 + random(9),
    created_at,
    // Old rows that were never saved since the column came.
    updated_at: at < of / 200 ? null : updated_at,
    created_by: pick(users, random),
    last_modified_by: pick(users, random),
    tags: pick(tagSets, random),
    evaluation_contexts: pick(contextSets, random),
    last_called_at: at % 5 === 0 ? null : until - random(60) * day,
  }
}

function makeExperiment(
  state: State,
  team_id: number,
  at: number,
  of: number,
  flag: Flag,
  users: number[],
  random: Random,
  until: Micros,
): Experiment {
  const id = state.experiments.nextId()
  const created_at = until - Math.floor(((of - at) * 365 * day) / Math.max(of, 1)) - random(1_000_000)
  const phase = at % 4
  const start_date = phase === 0 ? null : created_at + 3_600 * second
  const uuid = `0192f7c1-0000-7000-a000-${String(id).padStart(12, '0')}`
  return {
    ...newExperiment,
    id,
    team_id,
    name: `${areas[at % areas.length]} test ${id}`,
    start_date,
    end_date: phase >= 2 && start_date !== null ? start_date + 1_000 + random(1_000) : null,
    feature_flag_id: flag.id,
    metrics: [{ kind: 'ExperimentMetric', metric_type: 'mean', uuid, source: { kind: 'EventsNode', event: 'purchase', math: 'total' } }],
    archived: phase === 3 && at % 8 === 7,
    conclusion: phase === 2 ? pick(['won', 'lost', 'inconclusive'], random) : null,
    created_by: pick(users, random),
    created_at,
    updated_at: created_at + Math.floor(((until - created_at) * random(1_000)) / 1_000),
  }
}
