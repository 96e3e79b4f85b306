import { Temporal } from 'temporal-polyfill'
import { findOrganization } from '../../auth/findOrganization.ts'
import type { Transaction } from '../../database/client.ts'
import type { Organization, Project } from '../../database/generated/client.ts'
import { demoEmail } from '../../platform/demoUser.ts'
import { isInt4, parseIntegerId } from '../../platform/globalId.ts'
import { OperatorError } from '../../platform/operatorError.ts'
import { typedCommand } from '../../platform/program/typedCommand.ts'
import { isOneLine } from '../../platform/textValidation.ts'
import { isTimezone } from '../collections/projectSettings.ts'

/** The project to import into: an existing one, by number or global id, or a new one. */
export type ImportTarget =
  | { project: string }
  | {
      createProject: string
      /** An id or name. The default is the only organization, or else the demo organization. */
      organization?: string | undefined
      timezone?: string | undefined
    }

/**
 * Finds or creates the project to import into.
 *
 * @throws OperatorError if there is no such project or organization, or the new project's name or time zone is invalid.
 */
export function targetProject(tx: Transaction, target: ImportTarget): Promise<Project> {
  return 'project' in target ? findProject(tx, target.project) : createProject(tx, target)
}

export async function findProject(tx: Transaction, text: string): Promise<Project> {
  const id = parseIntegerId('Project', text)
  if (id === null) throw new OperatorError(`'${text}' is not a project. Use the number or global id of a project.`)
  const project = isInt4(id) ? await tx.project.findUnique({ where: { id } }) : null
  if (project !== null) return project
  const projects = await tx.project.findMany({ orderBy: { id: 'asc' }, take: 20, select: { id: true, name: true } })
  const hint =
    projects.length === 0 ? 'There are no projects yet' : `The projects are ${projects.map(({ id, name }) => `${id} (${name})`).join(', ')}`
  throw new OperatorError(`There is no project ${id}. ${hint}. To create one, use --create-project NAME.`)
}

async function createProject(tx: Transaction, target: Extract<ImportTarget, { createProject: string }>): Promise<Project> {
  const name = validateProjectName(target.createProject)
  const timezone = validateTimezone(target.timezone ?? 'UTC')
  const organization = await (target.organization === undefined
    ? defaultOrganization(tx)
    : findOrganization(tx, target.organization, () => describeOrganizations(tx)))
  const same = await tx.project.findFirst({ where: { organizationId: organization.id, name }, orderBy: { id: 'asc' } })
  if (same !== null) {
    throw new OperatorError(
      `The organization '${organization.name}' already has a project '${name}'. To import into it, use --project ${same.id}.`,
    )
  }
  return tx.project.create({ data: { name, timezone, organizationId: organization.id } })
}

function validateProjectName(input: string): string {
  const name = input.trim()
  if (isOneLine(name, 1, 200)) return name
  throw new OperatorError('The name of a project must be one line of 1 to 200 characters.')
}

function validateTimezone(timezone: string): string {
  if (isTimezone(timezone)) return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone).timeZoneId
  throw new OperatorError(`'${timezone}' is not a time zone. Use an IANA name, such as Europe/Berlin or UTC.`)
}

async function defaultOrganization(tx: Transaction): Promise<Organization> {
  const [only, another] = await tx.organization.findMany({ take: 2 })
  if (only !== undefined && another === undefined) return only
  const demo = await tx.organization.findFirst({ where: { memberships: { some: { user: { email: demoEmail } } } }, orderBy: { id: 'asc' } })
  if (demo !== null) return demo
  throw new OperatorError(`Name the organization of the new project with --organization. ${await describeOrganizations(tx)}`)
}

async function describeOrganizations(tx: Transaction): Promise<string> {
  const organizations = await tx.organization.findMany({ orderBy: { createdAt: 'asc' }, take: 50 })
  if (organizations.length === 0)
    return `There are no organizations yet. \`${typedCommand('keys create --help')}\` shows how to create one.`
  return `The organizations are ${organizations.map(({ id, name }) => `'${name}' (${id})`).join(', ')}.`
}
