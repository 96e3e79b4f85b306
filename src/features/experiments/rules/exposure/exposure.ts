import type { Experiment, FeatureFlag, Project } from '../../../../database/generated/client.ts'
import { asArray, isObject, type JsonObject } from '../../../../platform/json.ts'
import { getVariants } from '../../../featureFlags/rules/variants.ts'
import { readExposure } from '../../../metrics/rules/exposureCriteria.ts'
import { excludedKeysOf } from '../baseline.ts'
import { type EventFilter, readEventFilters } from './exposureFilters.ts'

// The events that expose people to an experiment (results.md 3).

/** What decides who is exposed. */
export type ExposingExperiment = Pick<Experiment, 'id' | 'projectId' | 'startDate' | 'endDate' | 'exposureCriteria' | 'parameters'> & {
  featureFlag: Pick<FeatureFlag, 'key' | 'filters' | 'active' | 'deleted' | 'exposureFrozen'>
  project: Pick<Project, 'testAccountFilters' | 'timezone' | 'matchingVersion' | 'eventSource'>
}

/** An action that criteria name. */
export interface ExposingAction {
  id: number
  projectId: number
  deleted: boolean
  steps: unknown
}

/** Events, and the filters that each must meet. */
export interface EventChoice {
  events: readonly string[]
  filters: readonly EventFilter[]
}

/** Who is exposed to an experiment: people with an exposing event, and with an activating one at or after it, if there is any. */
export interface Exposure extends EventChoice {
  /** The property that has the variant. */
  property: string
  /** The flag whose calls count. Null where the criteria name another event. */
  flag: string | null
  variants: readonly string[]
  since: Date
  activation: EventChoice | null
}

const flagCall = '$feature_flag_called'

/** The numbers of the actions that criteria name. */
export function actionIdsOf({ exposureCriteria }: Pick<Experiment, 'exposureCriteria'>): number[] {
  const { events, activation } = readExposure(exposureCriteria)
  const activating = activation?.subject
  return [events.actionId, activating?.kind === 'ACTION' ? activating.actionId : null].filter((id) => id !== null)
}

/** Returns who is exposed, or why that cannot be judged by events. */
export function readExposingEvents(
  { projectId, startDate, exposureCriteria, parameters, featureFlag, project }: ExposingExperiment,
  actions: readonly ExposingAction[],
): Exposure | { problems: string[] } {
  const { events, filterTestAccounts, activation, problem } = readExposure(exposureCriteria)
  const problems = problem === null ? [] : [problem]
  const note = (read: { filters: EventFilter[]; problems: string[] }) => {
    problems.push(...read.problems)
    return read.filters
  }
  const eventsOf = (actionId: number) => {
    const action = actions.find((one) => one.id === actionId && one.projectId === projectId && !one.deleted)
    const names = (asArray(action?.steps ?? []) ?? []).filter(isObject).map((step) => {
      if (!asksForMore(step) && typeof step.event === 'string' && step.event !== '') return step.event
      problems.push(`The action ${actionId} has a step that asks for more than the name of an event.`)
      return ''
    })
    return [...new Set(names)]
  }
  const testFilters = filterTestAccounts ? note(readEventFilters(project.testAccountFilters, 'The test accounts of the project')) : []
  const names = events.actionId === null ? [events.event ?? flagCall] : eventsOf(events.actionId)
  const isCall = names.length > 0 && names.every((event) => event === flagCall)
  const exposing = [...note(readEventFilters(events.filters, 'The exposure criteria')), ...testFilters]
  let activating: EventChoice | null = null
  if (activation !== null && isCall) {
    const { subject } = activation
    if (subject.kind === 'ANY_EVENT' || subject.kind === 'DATA_WAREHOUSE') problems.push('The activation is by no named event.')
    const named = subject.kind === 'ACTION' ? eventsOf(subject.actionId) : subject.kind === 'EVENT' ? [subject.event] : []
    activating = { events: named, filters: [...note(readEventFilters(activation.filters, 'The activation')), ...testFilters] }
  }
  if (problems.length > 0) return { problems }
  const excluded = excludedKeysOf(parameters)
  return {
    events: names,
    filters: exposing,
    property: isCall ? '$feature_flag_response' : `$feature/${featureFlag.key}`,
    flag: isCall ? featureFlag.key : null,
    variants: getVariants(featureFlag.filters).flatMap(({ key }) => (excluded.includes(key) ? [] : [key])),
    since: startDate ?? new Date(0),
    activation: activating,
  }
}

/** Whether a step of an action asks for the page, the element or properties of an event. */
function asksForMore(step: JsonObject): boolean {
  const isGiven = (value: unknown) => value != null && value !== '' && !(Array.isArray(value) && value.length === 0)
  return ['url', 'selector', 'text', 'href', 'tag_name', 'properties'].some((key) => isGiven(step[key]))
}

/** Whether names and variants alone say who is exposed. */
export const isPlain = ({ filters, activation }: Exposure) => filters.length === 0 && activation === null

/** The keys of the properties that the filters of an exposure ask for. */
export function filterKeysOf({ filters, activation }: Exposure): string[] {
  return [...new Set([...filters, ...(activation?.filters ?? [])].map(({ key }) => key))]
}
