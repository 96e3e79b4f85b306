import { z } from 'zod'
import type { Transaction } from '../database/client.ts'
import type { Organization } from '../database/generated/client.ts'
import { OperatorError } from '../platform/operatorError.ts'

/**
 * Finds an organization by its id or name, for operators.
 *
 * @param hint returns the end of the error message if there is no such organization: what to do
 * @throws OperatorError if there is no such organization, or several have the name.
 */
export async function findOrganization(tx: Transaction, idOrName: string, hint: () => Promise<string>): Promise<Organization> {
  const byId = z.guid().safeParse(idOrName).success ? await tx.organization.findUnique({ where: { id: idOrName } }) : null
  if (byId !== null) return byId
  const [found, ...others] = await tx.organization.findMany({ where: { name: idOrName }, orderBy: { id: 'asc' } })
  if (found === undefined) throw new OperatorError(`There is no organization '${idOrName}'. ${await hint()}`.trimEnd())
  if (others.length === 0) return found
  const ids = [found, ...others].map(({ id }) => id).join(' or ')
  throw new OperatorError(`Several organizations have the name '${idOrName}'. Give the id of one: ${ids}.`)
}
