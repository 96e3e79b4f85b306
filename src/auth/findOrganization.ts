import { z } from 'zod'
import type { Transaction } from '../database/client.ts'
import type { Organization } from '../database/generated/client.ts'
import { OperatorError } from '../platform/operatorError.ts'

/**
 * The organization that an operator names by its id or name.
 *
 * @param hint what to do when there is none
 * @throws OperatorError when there is none, or several have the name.
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
