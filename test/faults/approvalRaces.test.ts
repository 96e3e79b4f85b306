import { describe, expect, inject, it, vi } from 'vitest'
import type { Server } from '../../src/server/createServer.ts'
import { seedColleague, seedPolicy } from '../support/approvals.ts'
import { seedFlag } from '../support/seed.ts'
import { type Answer, globalId, noRateLimits, seedTenant, testServer } from '../support/testServer.ts'

// People who decide at once, on one server and on two, whose connections are their own. Whoever wins, there is one winner, and the rows agree.
// FAULT_ROUNDS sets how often each race is run.

vi.setConfig({ testTimeout: 900_000 })

const rounds = Number(process.env.FAULT_ROUNDS ?? 5)
const tested = await testServer(noRateLimits)
const { db } = tested
const onPostgres = inject('serverUrl') !== ''

interface Given {
  __typename: string
  changeRequest?: { id: string }
  outcome?: { __typename: string }
}

const selections: Record<string, string> = {
  updateFeatureFlag: '... on ApprovalRequiredError { changeRequest { id } } ... on ChangeRequestPendingError { changeRequest { id } }',
  approveChangeRequest: '... on ApproveChangeRequestSuccess { outcome { __typename } }',
}

/** Sends a mutation to a server. Nothing that others do is an error of the service. */
async function ask(server: Server, key: string, mutation: string, input: object): Promise<Given> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename ${selections[mutation] ?? ''} } }`
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables: { input } }),
  })
  const { data, errors } = (await response.json()) as Answer
  expect(errors).toBeUndefined()
  return data[mutation]
}

/** Starts two calls. */
type AtOnce = (one: () => Promise<Given>, other: () => Promise<Given>) => Promise<[Given, Given]>
const inOrder: AtOnce = (one, other) => Promise.all([one(), other()])
const reversed: AtOnce = async (one, other) => (await inOrder(other, one)).toReversed() as [Given, Given]

/** What each answer was: its type, or what became of the vote. */
const kinds = (answers: readonly Given[]) => answers.map(({ __typename, outcome }) => outcome?.__typename ?? __typename).sort()

const servers: [string, () => readonly [Server, Server]][] = [
  ['one server', () => [tested.server, tested.server]],
  ['two servers', () => [tested.server, tested.serverOn(tested.openSecondConnection(), noRateLimits)]],
]

describe.each(servers.slice(0, onPostgres ? 2 : 1))('on %s', (place, open) => {
  const [here, there] = open()

  /** A flag that only an owner may switch off without approval. */
  async function guarded(quorum: number) {
    const tenant = await seedTenant(db)
    const [first, second] = [await seedColleague(db, tenant), await seedColleague(db, tenant)]
    const owner = await seedColleague(db, tenant, 15)
    const flag = await seedFlag(db, tenant.project)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [first, second], { quorum, bypassMembershipLevels: [15] })
    return {
      ...tenant,
      first,
      second,
      owner,
      flagId: globalId('FeatureFlag', flag.id),
      flag: () => db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } }),
      requests: () => db.changeRequest.findMany({ where: { featureFlagId: flag.id }, include: { approvals: true } }),
    }
  }

  /** A request to switch a flag off, and to tag it. */
  async function waiting(quorum: number) {
    const given = await guarded(quorum)
    const { changeRequest } = await ask(here, given.key, 'updateFeatureFlag', { id: given.flagId, active: false, tags: ['approved'] })
    return { ...given, id: changeRequest?.id ?? '' }
  }

  /** Runs a race again and again, on each server and with each caller first in turn, and prints how it went. */
  async function race(name: string, run: (sides: readonly [Server, Server], atOnce: AtOnce) => Promise<string>) {
    const results: Record<string, number> = {}
    for (let round = 0; round < rounds; round++) {
      const result = await run(round % 2 === 0 ? [here, there] : [there, here], round % 4 < 2 ? inOrder : reversed)
      results[result] = (results[result] ?? 0) + 1
    }
    console.log(`${name}, on ${place}, ${rounds} rounds:`, JSON.stringify(results))
  }

  it('equal votes: each person votes once, and one vote applies', () =>
    race('Equal votes', async ([a, b]) => {
      const { first, second, id, flag, requests } = await waiting(2)
      const answers = await Promise.all([
        ask(a, first.key, 'approveChangeRequest', { id }),
        ask(b, second.key, 'approveChangeRequest', { id }),
        ask(b, first.key, 'approveChangeRequest', { id }),
        ask(a, second.key, 'approveChangeRequest', { id }),
      ])
      const [applied, recorded, ...others] = kinds(answers).sort((x, y) => Number(x.endsWith('Error')) - Number(y.endsWith('Error')))
      expect([applied, recorded]).toEqual(['ChangeApplied', 'VoteRecorded'])
      for (const other of others) expect(['AlreadyVotedError', 'InvalidStateError']).toContain(other)
      expect(await requests()).toMatchObject([{ state: 'APPLIED', approvals: [{}, {}] }])
      expect(await flag()).toMatchObject({ active: false, tags: ['approved'], version: 2 })
      return others.sort().join(' ')
    }))

  it('a vote and a cancellation: one of them decides', () =>
    race('Vote and cancellation', async ([a, b], atOnce) => {
      const { first, key, id, flag, requests } = await waiting(1)
      const [vote, cancellation] = await atOnce(
        () => ask(a, first.key, 'approveChangeRequest', { id }),
        () => ask(b, key, 'cancelChangeRequest', { id }),
      )
      const isApplied = vote.outcome?.__typename === 'ChangeApplied'
      expect(isApplied ? cancellation.__typename : vote.__typename).toMatch(/^(InvalidState|CancelForbidden)Error$/)
      expect(cancellation.__typename === 'ChangeRequest').toBe(!isApplied)
      expect(await requests()).toMatchObject([{ state: isApplied ? 'APPLIED' : 'CANCELED', approvals: isApplied ? [{}] : [] }])
      expect(await flag()).toMatchObject({ active: !isApplied, version: isApplied ? 2 : 1 })
      return isApplied ? 'vote' : 'cancellation'
    }))

  it('a vote and a change of the flag: what was shown is made, or nothing', () =>
    race('Vote and change of the flag', async ([a, b], atOnce) => {
      const { first, key, id, flagId, flag, requests } = await waiting(1)
      const [vote, change] = await atOnce(
        () => ask(a, first.key, 'approveChangeRequest', { id }),
        () => ask(b, key, 'updateFeatureFlag', { id: flagId, tags: ['direct'] }),
      )
      const isApplied = vote.outcome?.__typename === 'ChangeApplied'
      if (!isApplied) expect(vote.__typename).toBe('ChangeRequestStaleError')
      expect(change.__typename).toBe('FeatureFlag')
      expect(await requests()).toMatchObject([
        isApplied ? { state: 'APPLIED', approvals: [{}] } : { state: 'PENDING', validationStatus: 'STALE', approvals: [] },
      ])
      expect(await flag()).toMatchObject({ active: !isApplied, tags: ['direct'], version: isApplied ? 3 : 2 })
      return isApplied ? 'vote first' : 'change first'
    }))

  it('equal guarded writes: one request', () =>
    race('Equal guarded writes', async ([a, b]) => {
      const { key, flagId, flag, requests } = await guarded(1)
      const answers = await Promise.all([a, b].map((server) => ask(server, key, 'updateFeatureFlag', { id: flagId, active: false })))
      expect(kinds(answers)).toEqual(['ApprovalRequiredError', 'ChangeRequestPendingError'])
      expect(new Set(answers.map(({ changeRequest }) => changeRequest?.id)).size).toBe(1)
      expect(await requests()).toMatchObject([{ state: 'PENDING' }])
      expect(await flag()).toMatchObject({ active: true, version: 1 })
      return answers[0]?.__typename ?? ''
    }))

  it('a replay and the deletion of its flag: the change is made before, or not at all', () =>
    race('Replay and deletion', async ([a, b], atOnce) => {
      const { first, owner, id, flagId, flag, requests } = await waiting(1)
      const [vote, deletion] = await atOnce(
        () => ask(a, first.key, 'approveChangeRequest', { id }),
        () => ask(b, owner.key, 'updateFeatureFlag', { id: flagId, deleted: true }),
      )
      const isApplied = vote.outcome?.__typename === 'ChangeApplied'
      if (!isApplied) expect(vote.__typename).toBe('ChangeRequestStaleError')
      expect(deletion.__typename).toBe('FeatureFlag')
      expect(await requests()).toMatchObject([{ state: isApplied ? 'APPLIED' : 'PENDING' }])
      expect(await flag()).toMatchObject({ deleted: true, tags: isApplied ? ['approved'] : [], version: isApplied ? 3 : 2 })
      return isApplied ? 'replay first' : 'deletion first'
    }))
})
