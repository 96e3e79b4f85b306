import { toActor, withOrganizations } from '../../auth/toActor.ts'
import { ApprovalRequiredError } from '../../commands/approvalGate.ts'
import { executeCommand } from '../../commands/execute.ts'
import { findCommand } from '../../commands/registry.ts'
import { noUpstream } from '../../commands/upstreamWriter.ts'
import type { Database } from '../../database/database.ts'
import { approvalGate } from '../approvals/data/gate.ts'
// Registers the command that the request is about.
import '../experiments/mutations/pauseExperiment.ts'
import { guardedExperiment, memberEmail } from './seedDemo.ts'

/** Requests a change in the name of the demo project's member, as the mutation would. A policy of the demo data guards it. */
export async function requestDemoChange(database: Database, now: Date): Promise<void> {
  const command = findCommand('pauseExperiment')
  const user = await database.db.user.findUniqueOrThrow({ where: { email: memberEmail }, include: withOrganizations })
  const experiment = await database.db.experiment.findFirstOrThrow({ where: { name: guardedExperiment }, select: { id: true } })
  if (command === null) throw new Error('The command pauseExperiment is not registered.')
  try {
    await executeCommand({ database, approvalGate, upstream: noUpstream }, toActor(user, null, now), command, { id: experiment.id })
  } catch (error) {
    if (!(error instanceof ApprovalRequiredError)) throw error
  }
}
