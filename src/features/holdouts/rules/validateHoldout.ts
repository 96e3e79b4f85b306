import type { Holdout } from '../../../database/generated/client.ts'
import type { FieldError } from '../../../platform/fieldError.ts'
import { validateRequiredText, validateText } from '../../../platform/textValidation.ts'
import { validatePercentage } from '../../featureFlags/rules/validateConditionSets.ts'

/** The values of a holdout that clients set. */
export interface HoldoutValues extends Pick<Holdout, 'name' | 'description'> {
  exclusionPercentage: number
}

const maxNameLength = 400
const maxDescriptionLength = 400

/** Checks the values of a holdout. Missing ones are not set. */
export function validateHoldout({ name, description, exclusionPercentage }: Partial<HoldoutValues>): FieldError[] {
  return [
    ...(name === undefined ? [] : validateRequiredText(['name'], name, maxNameLength)),
    ...validateText(['description'], description, maxDescriptionLength),
    ...(exclusionPercentage === undefined ? [] : validatePercentage(['exclusionPercentage'], exclusionPercentage)),
  ]
}
