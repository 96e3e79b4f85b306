import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Demo, ensureDemo } from '../../../src/features/demo/ensureDemo.ts'
import { seedOrganization } from '../../support/seed.ts'
import { testServer } from '../../support/testServer.ts'

const tested = await testServer()
const { db, run, time } = tested
const folder = await mkdtemp(join(tmpdir(), 'demo-keys-'))
afterAll(() => rm(folder, { recursive: true }))

let demo: Demo
let grace: string
beforeAll(async () => {
  demo = (await ensureDemo(tested, folder, time.now)) as Demo
  grace = demo.member?.key ?? ''
})

const open =
  '{ changeRequests(projectId: 1, states: [PENDING]) { nodes { id description validationStatus viewerCanApprove viewerIsRequester } } }'

it('keeps two keys in files that only their owner can read', async () => {
  for (const { key, keyFile } of [demo, demo.member ?? demo]) {
    expect(await readFile(keyFile, 'utf8')).toBe(`${key}\n`)
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
  }
  expect(grace).not.toBe(demo.key)
  expect((await run(grace, '{ viewer { user { email } } }')).data.viewer.user.email).toBe('grace@example.com')
})

it('has a request of the member, which the owner can approve, and which is then made', async () => {
  const [request, ...others] = (await run(demo.key, open)).data.changeRequests.nodes
  expect(others).toEqual([])
  expect(request).toMatchObject({ validationStatus: 'VALID', viewerCanApprove: true, viewerIsRequester: false })
  expect((await run(grace, open)).data.changeRequests.nodes).toMatchObject([{ viewerCanApprove: false, viewerIsRequester: true }])

  const approve = `mutation ($id: ID!) { approveChangeRequest(input: { id: $id, reason: "Looks right" }) {
    __typename ... on ApproveChangeRequestSuccess { outcome { __typename } } } }`
  const { data } = await run(demo.key, approve, { id: request.id })
  expect(data.approveChangeRequest).toEqual({ __typename: 'ApproveChangeRequestSuccess', outcome: { __typename: 'ChangeApplied' } })
  expect(await db.experiment.findFirst({ where: { name: 'One-tap payment' }, include: { featureFlag: true } })).toMatchObject({
    featureFlag: { active: false },
  })
})

it('adds nothing a second time, and gives the same keys', async () => {
  const before = await db.changeRequest.count()
  expect(await ensureDemo(tested, folder, time.now)).toEqual(demo)
  expect(await db.changeRequest.count()).toBe(before)
})

it('leaves a database of others alone', async () => {
  const others = await testServer()
  await seedOrganization(others.db)
  expect(await ensureDemo(others, folder, time.now)).toBeNull()
  expect(await others.db.project.count()).toBe(0)
})
