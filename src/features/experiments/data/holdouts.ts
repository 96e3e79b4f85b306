import type { RowState } from '../../../commands/command.ts'
import { shareHoldoutRow } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Holdout } from '../../../database/generated/client.ts'
import { errorIf, type FieldError } from '../../../platform/fieldError.ts'
import { isInt4, parseIntegerId } from '../../../platform/globalId.ts'
import { exclusionPercentage } from '../../holdouts/rules/holdoutFilters.ts'

// The holdout that an input names by its id.

/** Returns a holdout of the project. It keeps its percentage until the transaction ends. Null if there is none. */
export async function findHoldout(tx: Transaction, projectId: number, holdoutId: string): Promise<Holdout | null> {
  const id = parseIntegerId('Holdout', holdoutId)
  if (id === null || !isInt4(id)) return null
  await shareHoldoutRow(tx, id)
  return tx.holdout.findFirst({ where: { id, projectId } })
}

/** Returns the errors of a given id. */
export function validateHoldout(holdoutId: string | null | undefined, holdout: Holdout | null, isWritten: boolean): FieldError[] {
  if (holdoutId == null) return []
  if (holdout === null) return errorIf(true, ['holdoutId'], `Invalid pk "${holdoutId}" - object does not exist.`, 'does_not_exist')
  const isUnreadable = isWritten && exclusionPercentage(holdout.filters) === null
  return errorIf(isUnreadable, ['holdoutId'], 'The holdout keeps out no percentage from 0 to 100.')
}

/** The values of a holdout that a plan was computed from. */
export function holdoutState({ id, filters }: Holdout): RowState {
  return { type: 'HOLDOUT', id, values: { filters: { before: filters } } }
}
