import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { applyChange, revalidate } from './approvals/apply.ts'
import { changeRequestRoutes } from './approvals/changeRequests.ts'
import { policyRoutes } from './approvals/policies.ts'
import { actionRoutes } from './collections/actions.ts'
import { activityRoutes } from './collections/activityLog.ts'
import { hogFunctionRoutes } from './collections/hogFunctions.ts'
import { holdoutRoutes } from './collections/holdouts.ts'
import { peopleRoutes } from './collections/people.ts'
import { projectRoutes } from './collections/projects.ts'
import { promptRoutes } from './collections/prompts.ts'
import { savedMetricRoutes } from './collections/savedMetrics.ts'
import { surveyRoutes } from './collections/surveys.ts'
import { experimentRoutes } from './experiments/routes.ts'
import { type FillOptions, fill } from './fill.ts'
import { flagRoutes } from './flags/routes.ts'
import { addKey, addOrganization, addProject, addRole, addUser, type NewUser } from './people.ts'
import { Person } from './person.ts'
import { queryRoutes } from './query/routes.ts'
import { Rows } from './rows.ts'
import { type Fault, Faults } from './server/faults.ts'
import { RequestLog } from './server/requestLog.ts'
import { type Answer, type Call, Router } from './server/router.ts'
import { createStandIn, listedType, type Served } from './server/server.ts'
import { type Limits, Throttle } from './server/throttle.ts'
import type { ChangeRequest } from './state/approvalRows.ts'
import type { Key, Organization, Project, Role, User } from './state/rows.ts'
import type { Settings } from './state/settings.ts'
import { State } from './state/state.ts'
import { compareNullable } from './state/table.ts'
import { Webhooks } from './state/webhooks.ts'

const routes = [
  ...[...flagRoutes, ...experimentRoutes, ...holdoutRoutes, ...savedMetricRoutes, ...actionRoutes, ...surveyRoutes, ...promptRoutes],
  ...[...changeRequestRoutes, ...policyRoutes, ...activityRoutes, ...hogFunctionRoutes, ...projectRoutes, ...peopleRoutes, ...queryRoutes],
]

export interface PostHogOptions {
  /** 0, the default, is any free port. */
  port?: number
  /** The clock of the test. */
  clock?: Clock
  settings?: Partial<Settings>
  limits?: Partial<Limits>
}

/** A stand-in for PostHog's REST API, on a port of this machine, with one organization, one project, its owner and the owner's key. */
export async function startPostHog(options: PostHogOptions = {}): Promise<PostHog> {
  const posthog = new PostHog(options)
  await posthog.listen(options.port ?? 0)
  return posthog
}

export class PostHog {
  readonly state: State
  readonly organization: Organization
  readonly project: Project
  readonly owner: User
  /** The owner's key, with all scopes. */
  readonly key: Key
  /** The owner, in PostHog's own pages. */
  readonly person: Person
  /** Rows of the project, without rules. */
  readonly rows: Rows
  readonly faults = new Faults()
  readonly requests = new RequestLog()
  readonly webhooks: Webhooks
  /** How the server behaves. Each setting can be changed at any time. */
  readonly settings: Settings
  readonly #answers: Served['answers'] = []
  readonly #server: ReturnType<typeof createStandIn>

  constructor(options: PostHogOptions = {}) {
    this.state = new State(options.clock ?? systemClock, options.settings ?? {})
    this.settings = this.state.settings
    this.organization = addOrganization(this.state)
    this.project = addProject(this.state, this.organization.id, { id: 1 })
    this.owner = this.addUser({ level: 15 })
    this.key = addKey(this.state, this.owner.id)
    this.person = new Person(this.state, this.owner, this.project.id)
    this.rows = new Rows(this.state, this.project.id)
    this.webhooks = new Webhooks(this.state)
    this.#server = createStandIn({
      ...{ state: this.state, router: new Router(routes), faults: this.faults, requests: this.requests, answers: this.#answers },
      throttle: new Throttle(options.limits),
      disturb: (fault, path, call) => this.#disturb(fault, path, call),
    })
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** `http://127.0.0.1:…`, without a slash at the end. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.faults.allOff()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  addUser(row: Partial<NewUser> = {}): User {
    return addUser(this.state, { organization: this.organization.id, project: this.project.id, ...row })
  }

  addKey(user: User, row: Partial<Omit<Key, 'user'>> = {}): Key {
    return addKey(this.state, user.id, row)
  }

  addRole(name: string, users: readonly number[] = []): Role {
    return addRole(this.state, this.organization.id, name, users)
  }

  addProject(row: Partial<Project> = {}): Project {
    return addProject(this.state, this.organization.id, row)
  }

  as(user: User, project = this.project.id): Person {
    return new Person(this.state, user, project)
  }

  rowsOf(project: Project): Rows {
    return new Rows(this.state, project.id)
  }

  fill(options: FillOptions): void {
    fill(this.state, this.project.id, options)
  }

  fillProject(project: Project, options: FillOptions): void {
    fill(this.state, project.id, options)
  }

  /** Answers requests in place of the stand-in, where `answer` returns something: queries that its evaluator does not know, for example. */
  answer(answerOf: (call: Call, path: string) => Answer | undefined): () => void {
    this.#answers.push(answerOf)
    return () => this.#answers.splice(this.#answers.indexOf(answerOf), 1)
  }

  /** The next approved change fails with this text. */
  failNextApply(text: string): void {
    this.state.applyFailures.push(text)
  }

  /** The hourly job: requests whose time is over expire. */
  expireChangeRequests(): void {
    const now = this.state.now()
    for (const row of this.#openRequests())
      if (row.expires_at <= now) this.state.changeRequests.update(row, { state: 'expired', updated_at: now })
  }

  /** The job that looks whether open requests are stale. */
  revalidateChangeRequests(): void {
    for (const row of this.#openRequests()) revalidate(this.state, row)
  }

  /** Applies an approved request, as a schedule does. Returns the error if that fails. */
  applyChangeRequest(id: string): string | null {
    const row = this.state.changeRequests.get(id)
    if (row === undefined) throw new Error(`There is no change request ${id}.`)
    return applyChange(this.state, row)
  }

  #openRequests(): ChangeRequest[] {
    return this.state.changeRequests.where(({ state }) => state === 'pending' || state === 'approved')
  }

  /** What happens between two pages. */
  #disturb(fault: Fault, path: string, { project }: Call): void {
    const type = listedType(path)
    if (type === null || (fault.kind !== 'jumpingRows' && fault.kind !== 'insertedRows')) return
    const person = this.person.in(project.id)
    for (let at = 0; at < fault.count; at++) {
      if (fault.kind === 'jumpingRows') this.#saveOldest(type, project.id, person)
      else {
        const flag = person.createFlag({ key: `inserted-${this.state.flags.lastId + 1}`, filters: twoVariants })
        if (type === 'experiment') person.createExperiment({ name: `Inserted ${flag.id}`, feature_flag_key: flag.key })
      }
    }
  }

  #saveOldest(type: 'feature_flag' | 'experiment', project: number, person: Person): void {
    const isLive = (row: { team_id: number; deleted: boolean | null; archived: boolean }) =>
      row.team_id === project && !row.deleted && !row.archived
    const oldest = <R extends { updated_at: number | null }>(rows: R[]) =>
      rows.sort((a, b) => compareNullable(a.updated_at, b.updated_at))[0]
    if (type === 'feature_flag') {
      const flag = oldest(this.state.flags.where((row) => isLive(row) && row.internal === null))
      if (flag !== undefined) person.updateFlag(flag.id, {})
    } else {
      const experiment = oldest(this.state.experiments.where(isLive))
      if (experiment !== undefined) person.updateExperiment(experiment.id, { description: `Saved after ${experiment.updated_at}` })
    }
  }
}

const twoVariants = {
  groups: [{ properties: [], rollout_percentage: 100 }],
  multivariate: {
    variants: [
      { key: 'control', rollout_percentage: 50 },
      { key: 'test', rollout_percentage: 50 },
    ],
  },
}
