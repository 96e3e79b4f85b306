import type { ChangeRequest, Policy } from './approvalRows.ts'
import type {
  Action,
  Activity,
  Cohort,
  Event,
  Experiment,
  Flag,
  HogFunction,
  Holdout,
  Key,
  Member,
  Organization,
  Project,
  Prompt,
  Role,
  SavedMetric,
  Survey,
  User,
} from './rows.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { Table, turnTies } from './table.ts'
import { type Micros, toMicros } from './time.ts'

/** Who writes, and how. */
export interface Actor {
  user: User
  /** The header `x-posthog-client`. */
  client: string | null
  /** Scopes of the key. A person in the browser has all. */
  scopes: readonly string[]
  /** Whether approval policies are asked. They are not when an approved change is applied. */
  gated: boolean
}

/** All rows of all projects. */
export class State {
  readonly settings: Settings
  readonly organizations = new Map<string, Organization>()
  readonly projects = new Map<number, Project>()
  readonly keys = new Map<string, Key>()
  readonly users = new Table<User>()
  readonly members = new Table<Member>()
  readonly roles = new Table<Role>()
  readonly flags = new Table<Flag>()
  readonly experiments = new Table<Experiment>()
  readonly holdouts = new Table<Holdout>()
  readonly savedMetrics = new Table<SavedMetric>()
  readonly actions = new Table<Action>()
  readonly surveys = new Table<Survey>()
  readonly prompts = new Table<Prompt>()
  readonly cohorts = new Table<Cohort>()
  readonly events = new Table<Event>()
  readonly activity = new Table<Activity>()
  readonly hogFunctions = new Table<HogFunction>()
  readonly policies = new Table<Policy>()
  readonly changeRequests = new Table<ChangeRequest>()
  /** Group types of each project. */
  readonly groupTypes = new Map<number, { group_type: string; group_type_index: number; name_singular: string | null }[]>()
  /** Called for each new row of the activity log. */
  onActivity: (entry: Activity) => void = () => {}
  /** Texts with which the next approved changes fail. */
  readonly applyFailures: string[] = []
  /** Lists that were asked for. */
  listings = 0
  readonly #clock: () => Date
  #uuids = 0

  constructor(clock: () => Date, settings: Partial<Settings>) {
    this.#clock = clock
    this.settings = { ...defaultSettings, ...settings }
  }

  /** The clock of the application, which stamps rows. */
  now(): Micros {
    return toMicros(this.#clock()) + this.settings.applicationClockOffset * 1_000
  }

  /** The clock of the test. */
  realNow(): Date {
    return this.#clock()
  }

  /** UUIDs count up, so that each run of a test has the same ones. */
  uuid(): string {
    return `0192f7c1-0000-7000-8000-${(++this.#uuids).toString(16).padStart(12, '0')}`
  }

  /** Sorted rows as one request sees them: with the setting, rows that tie come in another order with each request. */
  settled<R>(rows: readonly R[], compare: (a: R, b: R) => number): readonly R[] {
    return this.settings.unstableTies && ++this.listings % 2 === 0 ? turnTies(rows, compare) : rows
  }

  experimentsOf(flag: Flag): readonly Experiment[] {
    return this.experiments.grouped('flag', (row) => row.feature_flag_id, flag.id)
  }

  flagOf(experiment: Experiment): Flag {
    const flag = this.flags.get(experiment.feature_flag_id)
    if (flag === undefined) throw new Error(`Experiment ${experiment.id} has no flag ${experiment.feature_flag_id}.`)
    return flag
  }

  projectOf(row: { team_id: number }): Project {
    const project = this.projects.get(row.team_id)
    if (project === undefined) throw new Error(`There is no project ${row.team_id}.`)
    return project
  }

  organizationOf(project: Project): Organization {
    const organization = this.organizations.get(project.organization)
    if (organization === undefined) throw new Error(`There is no organization ${project.organization}.`)
    return organization
  }

  memberOf(organization: string, user: number): Member | undefined {
    return this.members.find((row) => row.organization === organization && row.user === user)
  }
}

/** What a person may not see looks as if it were not there. */
export function maySee(user: User, type: string, id: number | string): boolean {
  return !user.hidden.has(type) && !user.hidden.has(`${type}:${id}`)
}

export function mayEdit(user: User, type: string, id: number | string): boolean {
  return maySee(user, type, id) && !user.readOnly.has(type) && !user.readOnly.has(`${type}:${id}`)
}
