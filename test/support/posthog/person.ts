import type { JsonObject } from '../../../src/platform/json.ts'
import { newPolicy } from './approvals/policies.ts'
import { createHoldout, deleteHoldout, updateHoldout } from './collections/holdoutWrites.ts'
import { copyToProject, createFromPrompt, duplicate } from './experiments/copies.ts'
import { createExperiment } from './experiments/create.ts'
import { lifeCycle, prepared } from './experiments/lifeCycle.ts'
import { updateExperiment } from './experiments/write.ts'
import { createFlag } from './flags/create.ts'
import { deletionBlocker, writeFlag } from './flags/write.ts'
import type { Call } from './server/router.ts'
import { recordActivity } from './state/activity.ts'
import type { Policy } from './state/approvalRows.ts'
import type { Experiment, Flag, Holdout, User } from './state/rows.ts'
import type { Actor, State } from './state/state.ts'

const acts = { ...lifeCycle, duplicate, copy_to_project: copyToProject }

/** What a person does in PostHog's own pages. Rows, versions, times and the activity log move as they do there. */
export class Person {
  readonly user: User
  readonly project: number
  readonly #state: State
  readonly #actor: Actor

  constructor(state: State, user: User, project: number, gated = false) {
    this.#state = state
    this.user = user
    this.project = project
    this.#actor = { user, client: null, scopes: ['*'], gated }
  }

  /** The same person in another project. */
  in(project: number): Person {
    return new Person(this.#state, this.user, project, this.#actor.gated)
  }

  /** The same person, whom approval policies stop: a guarded change throws the answer that a client would get. */
  get guarded(): Person {
    return new Person(this.#state, this.user, this.project, true)
  }

  /** The body is that of a POST. */
  createFlag(body: JsonObject & { key: string }): Flag {
    const filters = { groups: [{ properties: [], rollout_percentage: 100 }] }
    return createFlag(this.#state, this.#actor, this.project, { filters, ...body })
  }

  /** The body is that of a PATCH. */
  updateFlag(id: number, body: JsonObject): Flag {
    return writeFlag(this.#state, this.#actor, this.flag(id), body)
  }

  deleteFlag(id: number): Flag {
    return this.updateFlag(id, { deleted: true })
  }

  restoreFlag(id: number): Flag {
    return this.updateFlag(id, { deleted: false })
  }

  /** A change whose commit is late: `updated_at` is the time of this call, and the row changes when the result is called. */
  beginFlagUpdate(id: number, body: JsonObject): () => Flag {
    const updated_at = this.#state.now()
    return () => this.#state.flags.update(this.updateFlag(id, body), { updated_at })
  }

  /** `updated_at` moves, `version` does not, and the log has no changes. */
  deleteFlagsInBulk(ids: readonly number[]): void {
    for (const flag of ids.map((id) => this.flag(id))) {
      const blocker = deletionBlocker(this.#state, flag)
      if (blocker !== null) throw new Error(blocker)
      const key = this.#state.experimentsOf(flag).length > 0 ? `${flag.key}:deleted:${flag.id}` : flag.key
      recordActivity(this.#state, this.#actor, this.project, {
        scope: 'FeatureFlag',
        item_id: flag.id,
        activity: 'deleted',
        name: flag.key,
        changes: [],
      })
      this.#state.flags.update(flag, { deleted: true, key, updated_at: this.#state.now() })
    }
  }

  /** Neither `updated_at` nor `version` moves. */
  tagFlagsInBulk(ids: readonly number[], tags: readonly string[]): void {
    for (const id of ids) this.#state.flags.update(this.flag(id), { tags })
  }

  createExperiment(body: JsonObject & { name: string; feature_flag_key: string }): Experiment {
    return createExperiment(this.#state, this.#actor, this.project, { allow_unknown_events: true, ...body })
  }

  createExperimentFromPrompt(body: JsonObject): Experiment {
    return createFromPrompt(this.#call({}, body))
  }

  updateExperiment(id: number, body: JsonObject): Experiment {
    return updateExperiment(this.#state, this.#actor, this.experiment(id), body)
  }

  /** Launches, pauses, ends, ships, archives, copies … The result is the experiment, or its copy. */
  act(id: number, action: keyof typeof acts, body: JsonObject = {}): Experiment {
    return prepared(acts[action])(this.#call({ id: String(id) }, body))
  }

  deleteExperiment(id: number): Experiment {
    return this.updateExperiment(id, { deleted: true })
  }

  createHoldout(name: string, rollout_percentage: number): Holdout {
    return createHoldout(this.#state, this.#actor, this.project, { name, filters: [{ properties: [], rollout_percentage }] })
  }

  updateHoldout(id: number, body: JsonObject): Holdout {
    return updateHoldout(this.#state, this.#actor, this.#holdout(id), body)
  }

  deleteHoldout(id: number): void {
    deleteHoldout(this.#state, this.#actor, this.#holdout(id))
  }

  /** A policy of the project, or with `team_id: null` of the organization. */
  createPolicy(
    row: Partial<Omit<Policy, 'approver_config'>> & Pick<Policy, 'action_key'> & { approver_config: Partial<Policy['approver_config']> },
  ): Policy {
    const { organization } = this.#state.projectOf({ team_id: this.project })
    const now = this.#state.now()
    const { quorum = 1, users = [], roles = [] } = row.approver_config
    const own = { id: this.#state.uuid(), organization, team_id: this.project, created_by: this.user.id, created_at: now, updated_at: now }
    return this.#state.policies.add({ ...newPolicy, ...own, ...row, approver_config: { quorum, users, roles } })
  }

  /** Writes the activity log for a change of a row that was put in place without rules, such as a survey. */
  log(scope: string, item_id: number | string, activity: string, name: string | null = null): void {
    recordActivity(this.#state, this.#actor, this.project, { scope, item_id, activity, name, changes: null })
  }

  flag(id: number): Flag {
    const flag = this.#state.flags.get(id)
    if (flag === undefined) throw new Error(`There is no flag ${id}.`)
    return flag
  }

  experiment(id: number): Experiment {
    const experiment = this.#state.experiments.get(id)
    if (experiment === undefined) throw new Error(`There is no experiment ${id}.`)
    return experiment
  }

  #holdout(id: number): Holdout {
    const holdout = this.#state.holdouts.get(id)
    if (holdout === undefined) throw new Error(`There is no holdout ${id}.`)
    return holdout
  }

  #call(params: Record<string, string>, body: JsonObject): Call {
    const project = this.#state.projectOf({ team_id: this.project })
    return {
      ...{
        state: this.#state,
        project,
        organization: this.#state.organizationOf(project),
        viewer: this.user,
        actor: this.#actor,
        params,
        body,
      },
      key: { token: '', user: this.user.id, scopes: ['*'], scoped_teams: [], scoped_organizations: [], revoked: false },
      query: new URLSearchParams(),
      url: new URL('http://localhost/'),
    }
  }
}
