import { removeSavedMetric } from './collections/savedMetrics.ts'
import { removeSurvey } from './collections/surveys.ts'
import { newExperiment } from './experiments/create.ts'
import { newFlag } from './flags/create.ts'
import type { Action, Cohort, Event, Experiment, Flag, Prompt, SavedMetric, Survey } from './state/rows.ts'
import type { State } from './state/state.ts'
import type { Micros } from './state/time.ts'

/** Puts rows of one project into the tables as they are, without activity, rules or policies: old rows, odd rows, and small collections. */
export class Rows {
  readonly project: number
  readonly #state: State

  constructor(state: State, project: number) {
    this.#state = state
    this.project = project
  }

  /** By default a flag without variants that is rolled out to everybody. `updated_at` may be null. */
  flag(row: Partial<Flag> & { key: string }): Flag {
    const id = row.id ?? this.#state.flags.nextId()
    const filters = { groups: [{ properties: [], rollout_percentage: 100 }] }
    return this.#state.flags.add({ ...newFlag, filters, ...this.#authored(), updated_at: this.#state.now(), ...row, id })
  }

  experiment(row: Partial<Experiment> & { name: string; feature_flag_id: number }): Experiment {
    const id = row.id ?? this.#state.experiments.nextId()
    return this.#state.experiments.add({ ...newExperiment, ...this.#authored(), updated_at: this.#state.now(), ...row, id })
  }

  savedMetric(row: Partial<SavedMetric> & { name: string }): SavedMetric {
    const id = row.id ?? this.#state.savedMetrics.nextId()
    const query = {
      kind: 'ExperimentMetric',
      metric_type: 'mean',
      uuid: this.#state.uuid(),
      source: { kind: 'EventsNode', event: 'purchase' },
    }
    return this.#state.savedMetrics.add({
      description: null,
      query,
      tags: [],
      ...this.#authored(),
      updated_at: this.#state.now(),
      ...row,
      id,
    })
  }

  action(row: Partial<Action> & { name: string }): Action {
    const id = row.id ?? this.#state.actions.nextId()
    const rest = { description: '', steps: [], deleted: false, tags: [], pinned_at: null, last_calculated_at: this.#state.now() }
    return this.#state.actions.add({ ...rest, ...this.#authored(), ...row, id })
  }

  /** Its inner flags must be there, and are marked as such. */
  survey(row: Partial<Survey> & { name: string }): Survey {
    const flags = { linked_flag_id: null, targeting_flag: null, internal_targeting_flag: null, internal_response_sampling_flag: null }
    const rest = {
      description: '',
      type: 'popover',
      questions: [],
      start_date: null,
      end_date: null,
      archived: false,
      of_product_tour: false,
    }
    const survey = this.#state.surveys.add({ id: this.#state.uuid(), ...rest, ...flags, ...this.#authored(), ...row })
    for (const id of [survey.targeting_flag, survey.internal_targeting_flag, survey.internal_response_sampling_flag]) {
      const flag = this.#state.flags.get(id)
      if (flag !== undefined) this.#state.flags.update(flag, { internal: survey.of_product_tour ? 'product_tour' : 'survey' })
    }
    return survey
  }

  /** Adds the next version of a prompt. */
  prompt(name: string, prompt: string, row: Partial<Prompt> = {}): Prompt {
    const versions = this.#state.prompts.where((each) => each.team_id === this.project && each.name === name && !each.deleted)
    const version = Math.max(0, ...versions.map((each) => each.version)) + 1
    const rest = { deleted: false, updated_at: this.#state.now() }
    return this.#state.prompts.add({ id: this.#state.uuid(), name, prompt, version, ...rest, ...this.#authored(), ...row })
  }

  /** All versions at once. */
  deletePrompt(name: string): void {
    for (const row of this.#state.prompts.where((each) => each.team_id === this.project && each.name === name)) {
      this.#state.prompts.update(row, { deleted: true })
    }
  }

  cohort(row: Partial<Cohort> & { name: string }): Cohort {
    const id = row.id ?? this.#state.cohorts.nextId()
    const rest = { description: '', filters: {}, is_static: false, deleted: false, count: null }
    return this.#state.cohorts.add({ ...rest, ...this.#authored(), ...row, id })
  }

  event(event: string, row: Partial<Omit<Event, 'event'>> = {}): Event {
    const rest = { distinct_id: 'visitor', properties: {}, timestamp: this.#state.now() }
    return this.#state.events.add({ id: this.#state.uuid(), team_id: this.project, event, ...rest, ...row })
  }

  groupTypes(...names: string[]): void {
    this.#state.groupTypes.set(
      this.project,
      names.map((group_type, group_type_index) => ({ group_type, group_type_index, name_singular: null })),
    )
  }

  /** The row is gone for good. Nothing tells of it. */
  removeFlag(id: number): void {
    const flag = this.#state.flags.get(id)
    if (flag !== undefined) this.#state.flags.remove(flag)
  }

  removeSavedMetric(id: number): void {
    const row = this.#state.savedMetrics.get(id)
    if (row !== undefined) removeSavedMetric(this.#state, row)
  }

  removeSurvey(id: string): void {
    const row = this.#state.surveys.get(id)
    if (row !== undefined) removeSurvey(this.#state, row)
  }

  /** Somebody evaluates a flag: `last_called_at` moves, and nothing else. */
  callFlag(id: number): void {
    const flag = this.#state.flags.get(id)
    if (flag !== undefined) this.#state.flags.update(flag, { last_called_at: this.#state.now() })
  }

  #authored(): { team_id: number; created_by: number | null; created_at: Micros } {
    const [user = null] = this.#state.users.values()
    return { team_id: this.project, created_by: user?.id ?? null, created_at: this.#state.now() }
  }
}
