import type { Project } from '../../database/generated/client.ts'
import type { Context } from '../../graphql/context.ts'
import { BadUserInputError, ForbiddenError, NotFoundError } from '../../graphql/errors.ts'
import { parseDatabaseId } from '../../graphql/nodeIds.ts'
import { PermissionDeniedError, ResourceNotFoundError } from '../../platform/domainErrors.ts'
import { isInt4 } from '../../platform/globalId.ts'
import { requireProject } from './requireProject.ts'

const typeLabels: Record<string, string> = {
  Experiment: 'Experiment',
  FeatureFlag: 'Feature flag',
  ChangeRequest: 'Change request',
  ApprovalPolicy: 'Approval policy',
}

/**
 * The number of the object that a mutation's `id` names, by global id or number.
 *
 * @throws ResourceNotFoundError when the text can be no id of this type. The message says which forms are valid, where it helps.
 */
export function parseInputId(typename: string, id: string | number): number {
  const label = typeLabels[typename] ?? typename
  try {
    const number = parseDatabaseId(typename, String(id), 'input.id')
    if (isInt4(number)) return number
  } catch (error) {
    if (error instanceof BadUserInputError) throw new ResourceNotFoundError(`${label} not found. ${error.message}`)
    throw error
  }
  throw new ResourceNotFoundError(`${label} not found.`)
}

/**
 * The project that a mutation's input names, by global id or number.
 *
 * @throws ResourceNotFoundError when the viewer can see no such project.
 * @throws PermissionDeniedError with the reference's texts, when the key is restricted to others.
 */
export async function resolveInputProject(context: Context, id: string | number, field = 'projectId'): Promise<Project> {
  try {
    return await requireProject(context, String(id), `input.${field}`)
  } catch (error) {
    if (error instanceof NotFoundError) throw new ResourceNotFoundError(error.message)
    if (error instanceof BadUserInputError) throw new ResourceNotFoundError(`Project not found. ${error.message}`)
    if (error instanceof ForbiddenError) throw new PermissionDeniedError(error.message)
    throw error
  }
}
