import type { RowState } from '../../../commands/command.ts'
import { normalizeContextNames } from '../../../commands/evaluationContexts.ts'
import type { ReadClient } from '../../../database/client.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { countValidApprovals, damaged, isDamaged, type Judgement, judge, judgedUpstream, quorumFault } from '../rules/judgement.ts'
import { parseSnapshot } from '../rules/policySnapshot.ts'
import { type CurrentRows, noPreconditions, parsePreconditions, rowKey } from '../rules/staleness.ts'
import { loadEligibleVoters } from './eligibleVoters.ts'
import { loadFlagOwners } from './flagOwner.ts'
import { findBrokenReferences } from './judging/brokenReferences.ts'
import { addFlagUses } from './judging/flagUses.ts'
import { findTakenKeys } from './judging/takenKeys.ts'
import { findTakenNames } from './judging/takenNames.ts'

/** What is stored now about a request. */
export interface JudgedRequest {
  id: number
  judgement: Judgement
  /** The approvals that count towards the quorum. */
  validApprovals: number
  /** Why the quorum cannot be reached. Null if it can. */
  undecidableReason: string | null
  organizationId: string
  policyIsGone: boolean
}

/** Judges requests by what is stored now. The number of statements does not depend on the number of requests. */
export async function judgeRequests(db: ReadClient, requests: readonly ChangeRequest[]): Promise<JudgedRequest[]> {
  const parsed = requests.map((request) => ({
    request,
    preconditions: isDamaged(request) ? noPreconditions : parsePreconditions(request),
    snapshot: parseSnapshot(request),
  }))
  const projectRows = requests.map(({ projectId }): RowState => ({ type: 'PROJECT', id: projectId, values: {} }))
  const rows = await loadRows(db, [...parsed.flatMap(({ preconditions }) => preconditions.rows), ...projectRows])
  const organizationOf = ({ projectId }: ChangeRequest) => String(rows.get(rowKey({ type: 'PROJECT', id: projectId }))?.organizationId)
  const [owners, takenKeys, takenNames, brokenReferences, requesters, keys, policies, voters, votes] = await Promise.all([
    loadFlagOwners(
      db,
      requests.flatMap(({ featureFlagId }) => featureFlagId ?? []),
    ),
    findTakenKeys(db, parsed),
    findTakenNames(db, parsed),
    findBrokenReferences(db, parsed),
    loadRequesters(db, requests),
    loadKeyIds(
      db,
      parsed.flatMap(({ preconditions }) => preconditions.keyId ?? []),
    ),
    db.approvalPolicy.findMany({ where: { id: { in: parsed.map(({ snapshot }) => snapshot.policyId) } }, select: { id: true } }),
    loadEligibleVoters(
      db,
      parsed.map(({ request, snapshot }) => ({ ...snapshot, organizationId: organizationOf(request) })),
    ),
    db.approval.findMany({
      where: { changeRequestId: { in: requests.map(({ id }) => id) } },
      select: { changeRequestId: true, createdById: true, decision: true },
    }),
  ])
  const votesById = Map.groupBy(votes, ({ changeRequestId }) => changeRequestId)
  return parsed.map(({ request, preconditions, snapshot }, index) => {
    const organizationId = organizationOf(request)
    const policyIsGone = !policies.some(({ id }) => id === snapshot.policyId)
    const voting = { voters: voters[index] ?? new Set<number>(), votes: votesById.get(request.id) ?? [] }
    const facts = {
      ...voting,
      rows,
      owner: request.featureFlagId === null ? null : (owners.get(request.featureFlagId) ?? 'none'),
      keyIsTaken: takenKeys.has(request.id),
      nameIsTaken: takenNames.has(request.id),
      brokenReference: brokenReferences.get(request.id) ?? null,
      organizationId,
      requester: request.requestedById === null ? null : (requesters.get(request.requestedById) ?? null),
      keyIsRevoked: preconditions.keyId !== null && !keys.has(preconditions.keyId),
    }
    const judgement =
      request.importedId !== null ? judgedUpstream(request) : isDamaged(request) ? damaged : judge(request, preconditions, snapshot, facts)
    const validApprovals = countValidApprovals(voting.voters, voting.votes)
    const undecidableReason = quorumFault(request, snapshot, voting)?.message ?? null
    return { id: request.id, judgement, validApprovals, undecidableReason, organizationId, policyIsGone }
  })
}

/** Loads the rows that requests depend on, as they are now. One statement for each type. */
export async function loadRows(db: ReadClient, rows: readonly RowState[]): Promise<CurrentRows> {
  const idsOf = (type: RowState['type']) => [...new Set(rows.flatMap((row) => (row.type === type ? [row.id] : [])))]
  const where = (type: RowState['type']) => ({ id: { in: idsOf(type) as number[] } })
  const find: Record<RowState['type'], () => Promise<{ id: number | string }[]>> = {
    FEATURE_FLAG: () => db.featureFlag.findMany({ where: where('FEATURE_FLAG') }),
    EXPERIMENT: () => db.experiment.findMany({ where: where('EXPERIMENT') }),
    HOLDOUT: () => db.holdout.findMany({ where: where('HOLDOUT') }),
    SAVED_METRIC: () => db.savedMetric.findMany({ where: where('SAVED_METRIC') }),
    PROJECT: () => db.project.findMany({ where: where('PROJECT') }),
    PROMPT: () => db.prompt.findMany({ where: { id: { in: idsOf('PROMPT') as string[] } } }),
  }
  const types = Object.keys(find) as RowState['type'][]
  const found = await Promise.all(
    types.map(async (type) => (idsOf(type).length === 0 ? [] : (await find[type]()).map((row) => ({ type, row })))),
  )
  const current = new Map<string, JsonObject>(found.flat().map(({ type, row }) => [rowKey({ type, id: row.id }), { ...row }]))
  const addings = [addDefaultContexts, addContexts, addExperiments, addSavedMetrics, addOtherExperiments, addFlagUses]
  await Promise.all(addings.map((add) => add(db, rows, current)))
  return current
}

/** The experiments of a holdout are rows of their own. They are read only for the holdouts whose experiments count. */
async function addExperiments(db: ReadClient, rows: readonly RowState[], current: Map<string, JsonObject>): Promise<void> {
  const holdouts = rows.filter(({ type, values }) => type === 'HOLDOUT' && 'experiments' in values)
  if (holdouts.length === 0) return
  const experiments = await db.experiment.findMany({
    where: { holdoutId: { in: holdouts.map(({ id }) => id as number) }, deleted: false },
    select: { id: true, holdoutId: true },
    orderBy: { id: 'asc' },
  })
  const byHoldout = Map.groupBy(experiments, ({ holdoutId }) => holdoutId)
  for (const holdout of holdouts) {
    const row = current.get(rowKey(holdout))
    if (row !== undefined) row.experiments = (byHoldout.get(holdout.id as number) ?? []).map(({ id }) => id)
  }
}

/** The links of an experiment to saved metrics are rows of their own. They are read only for the experiments whose links count. */
async function addSavedMetrics(db: ReadClient, rows: readonly RowState[], current: Map<string, JsonObject>): Promise<void> {
  const experiments = rows.filter(({ type, values }) => type === 'EXPERIMENT' && 'savedMetrics' in values)
  if (experiments.length === 0) return
  const links = await db.experimentSavedMetric.findMany({
    where: { experimentId: { in: experiments.map(({ id }) => id as number) } },
    select: { experimentId: true, savedMetricId: true, metadata: true },
    orderBy: { savedMetricId: 'asc' },
  })
  const byExperiment = Map.groupBy(links, ({ experimentId }) => experimentId)
  for (const experiment of experiments) {
    const row = current.get(rowKey(experiment))
    if (row === undefined) continue
    row.savedMetrics = (byExperiment.get(experiment.id as number) ?? []).map(({ savedMetricId, metadata }) => ({ savedMetricId, metadata }))
  }
}

/** The other experiments of a flag that are not archived. They are read only where the change of the flag depends on them. */
async function addOtherExperiments(db: ReadClient, rows: readonly RowState[], current: Map<string, JsonObject>): Promise<void> {
  const asking = rows.flatMap(({ type, id, values }) => {
    const row = type === 'EXPERIMENT' && 'otherExperimentsOfFlag' in values ? current.get(rowKey({ type, id })) : undefined
    return row === undefined ? [] : [row]
  })
  if (asking.length === 0) return
  const experiments = await db.experiment.findMany({
    where: { featureFlagId: { in: asking.map(({ featureFlagId }) => featureFlagId as number) }, deleted: false, archived: false },
    select: { id: true, featureFlagId: true },
    orderBy: { id: 'asc' },
  })
  const byFlag = Map.groupBy(experiments, ({ featureFlagId }) => featureFlagId)
  for (const row of asking) {
    const all = byFlag.get(row.featureFlagId as number) ?? []
    row.otherExperimentsOfFlag = all.flatMap(({ id }) => (id === row.id ? [] : [id]))
  }
}

/** Evaluation contexts are rows of their own. They are read only for the flags whose contexts count. */
async function addContexts(db: ReadClient, rows: readonly RowState[], current: Map<string, JsonObject>): Promise<void> {
  const flags = rows.filter(({ type, values }) => type === 'FEATURE_FLAG' && 'evaluationContexts' in values)
  if (flags.length === 0) return
  const links = await db.featureFlagEvaluationContext.findMany({
    where: { featureFlagId: { in: flags.map(({ id }) => id as number) } },
    select: { featureFlagId: true, evaluationContext: { select: { name: true } } },
  })
  const namesById = Map.groupBy(links, ({ featureFlagId }) => featureFlagId)
  for (const flag of flags) {
    const row = current.get(rowKey(flag))
    if (row === undefined) continue
    row.evaluationContexts = (namesById.get(flag.id as number) ?? []).map(({ evaluationContext }) => evaluationContext.name).sort()
  }
}

/** The contexts that new flags of a project get are rows of their own. They are read only for the projects whose new flags count. */
async function addDefaultContexts(db: ReadClient, rows: readonly RowState[], current: Map<string, JsonObject>): Promise<void> {
  const projects = rows.filter(({ type, values }) => type === 'PROJECT' && 'defaultEvaluationContexts' in values)
  if (projects.length === 0) return
  const contexts = await db.evaluationContext.findMany({
    where: { projectId: { in: projects.map(({ id }) => id as number) }, isDefault: true },
    select: { projectId: true, name: true },
  })
  const byProject = Map.groupBy(contexts, ({ projectId }) => projectId)
  for (const project of projects) {
    const row = current.get(rowKey(project))
    const names = (byProject.get(project.id as number) ?? []).map(({ name }) => name)
    if (row !== undefined) row.defaultEvaluationContexts = normalizeContextNames(names)
  }
}

async function loadRequesters(db: ReadClient, requests: readonly ChangeRequest[]) {
  const users = await findById(
    requests.flatMap(({ requestedById }) => requestedById ?? []),
    (ids) =>
      db.user.findMany({
        where: { id: { in: ids } },
        select: { id: true, isActive: true, memberships: { select: { organizationId: true } } },
        relationLoadStrategy: 'join',
      }),
  )
  return new Map(
    [...users].map(([id, { isActive, memberships }]) => [
      id,
      { isActive, organizationIds: memberships.map(({ organizationId }) => organizationId) },
    ]),
  )
}

async function loadKeyIds(db: ReadClient, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const keys = await db.personalApiKey.findMany({ where: { id: { in: [...new Set(ids)] } }, select: { id: true } })
  return new Set(keys.map(({ id }) => id))
}

async function findById<Row extends { id: number }>(
  ids: readonly number[],
  find: (ids: number[]) => Promise<Row[]>,
): Promise<Map<number, Row>> {
  const uniqueIds = [...new Set(ids)]
  const rows = uniqueIds.length === 0 ? [] : await find(uniqueIds)
  return new Map(rows.map((row) => [row.id, row]))
}
