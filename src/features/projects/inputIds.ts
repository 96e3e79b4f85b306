import type { Context } from '../../graphql/context.ts'
import { BadUserInputError, ForbiddenError, NotFoundError } from '../../graphql/errors.ts'
import { parsedIdInput } from '../../graphql/mutation.ts'
import { parseDatabaseId } from '../../graphql/nodeIds.ts'
import { PermissionDeniedError, ResourceNotFoundError } from '../../platform/domainErrors.ts'
import { isInt4 } from '../../platform/globalId.ts'
import { requireProject } from './requireProject.ts'

type InputFields = Parameters<typeof parsedIdInput>[0]

const typeLabels = {
  Experiment: 'Experiment',
  FeatureFlag: 'Feature flag',
  ChangeRequest: 'Change request',
  ApprovalPolicy: 'Approval policy',
  SavedMetric: 'Saved metric',
  Holdout: 'Holdout',
}

/**
 * The id of the object that a mutation changes. The mutation receives its number. An id that is malformed or out of range is not found. For a
 * malformed one, the message names the right form.
 *
 * @param field the name of the field, if it is not `id`
 */
export function idInput(t: InputFields, typename: keyof typeof typeLabels, label: string, field = 'id') {
  const notFound = `${typeLabels[typename]} not found.`
  return parsedIdInput(t, describeId(label), (id) => {
    try {
      const number = parseDatabaseId(typename, id, `input.${field}`)
      if (isInt4(number)) return number
    } catch (error) {
      if (error instanceof BadUserInputError) throw new ResourceNotFoundError(`${notFound} ${error.message}`)
      throw error
    }
    throw new ResourceNotFoundError(notFound)
  })
}

/**
 * The id of a project. The mutation receives its number, if the viewer sees the project.
 *
 * @param notFound the message if there is no such project, in place of that of queries
 */
export function projectInput(t: InputFields, label: string, notFound?: string) {
  return parsedIdInput(t, describeId(label), (id, context) => resolveInputProject(context, id, notFound))
}

function describeId(label: string): string {
  return `${label}: its global id, or its number.`
}

/**
 * Returns the number of a project that an input names, if the viewer sees it.
 *
 * @throws ResourceNotFoundError if the project does not exist or the viewer may not see it.
 * @throws PermissionDeniedError if the key is restricted from the project.
 */
export async function resolveInputProject(context: Context, id: string, notFound?: string): Promise<number> {
  try {
    return (await requireProject(context, id, 'input.projectId')).id
  } catch (error) {
    if (error instanceof NotFoundError) throw new ResourceNotFoundError(notFound ?? error.message)
    if (error instanceof BadUserInputError) throw new ResourceNotFoundError(notFound ?? `Project not found. ${error.message}`)
    if (error instanceof ForbiddenError) throw new PermissionDeniedError(error.message)
    throw error
  }
}
