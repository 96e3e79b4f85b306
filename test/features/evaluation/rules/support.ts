import { readCohort } from '../../../../src/features/evaluation/rules/cohorts.ts'
import { Evaluation } from '../../../../src/features/evaluation/rules/evaluation.ts'
import { explain } from '../../../../src/features/evaluation/rules/explanation.ts'
import { readFlagRules } from '../../../../src/features/evaluation/rules/flagRules.ts'
import { createFlagWorld, type EvaluatedFlag, type FlagWorld } from '../../../../src/features/evaluation/rules/flagWorld.ts'
import { cutId } from '../../../../src/features/evaluation/rules/hash.ts'
import type { Subject } from '../../../../src/features/evaluation/rules/subject.ts'

export type Json = Record<string, unknown>
export type Surroundings = Pick<FlagWorld, 'now' | 'timezone' | 'matchingVersion'>
export interface Given {
  subject?: Partial<Subject>
  otherFlags?: Json[]
  cohorts?: { id: number; filters?: unknown; isStatic?: boolean; hasMembers?: boolean }[]
  groupTypes?: Record<string, string>
  world?: Partial<Surroundings>
}

export function toFlag({ id = 1, key = 'flag', active = true, deleted = false, bucketingIdentifier, filters }: Json): EvaluatedFlag {
  return {
    id: id as number,
    key: key as string,
    active: active as boolean,
    deleted: deleted as boolean,
    byDevice: bucketingIdentifier === 'device_id',
    rules: readFlagRules(filters),
  }
}

export function toWorld(flags: EvaluatedFlag[], { cohorts = [], groupTypes = {}, world = {} }: Given = {}): FlagWorld {
  return createFlagWorld({
    flags,
    cohorts: cohorts.map(({ filters = {}, ...cohort }) => ({ isStatic: false, hasMembers: false, rule: readCohort(filters), ...cohort })),
    groupTypeNames: new Map(Object.entries(groupTypes).map(([index, name]) => [Number(index), name])),
    matchingVersion: 1,
    now: new Date('2026-11-20T12:00:00Z'),
    timezone: 'UTC',
    ...world,
  })
}

export function toSubject(subject: Partial<Subject> = {}): Subject {
  return {
    groups: {},
    personProperties: {},
    groupProperties: {},
    staticCohortIds: new Set<number>(),
    ...subject,
    distinctId: cutId(subject.distinctId ?? 'user-1'),
  }
}

export function evaluate(stored: Json, given: Given = {}, work = { steps: 1_000_000 }) {
  const flag = toFlag(stored)
  const world = toWorld([flag, ...(given.otherFlags ?? []).map(toFlag)], given)
  const evaluation = new Evaluation(world, toSubject(given.subject), work)
  return { ...evaluation.decide(flag), ...explain(evaluation, flag) }
}

export const set = (properties: Json[], more: Json = {}) => ({ properties, rollout_percentage: 100, ...more })
export const flagWith = (properties: Json[], more: Json = {}) => ({ filters: { groups: [set(properties)], ...more } })
