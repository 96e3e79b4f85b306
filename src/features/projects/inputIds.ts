import type { Project } from '../../database/generated/client.ts'
import type { Context } from '../../graphql/context.ts'
import { BadUserInputError, ForbiddenError, NotFoundError } from '../../graphql/errors.ts'
import { databaseId } from '../../graphql/nodeIds.ts'
import { NotFoundRefusal, PermissionDeniedRefusal } from '../../platform/domainErrors.ts'
import { isStorableId } from '../../platform/globalId.ts'
import { findProject } from './requireProject.ts'

const words: Record<string, string> = {
  Experiment: 'Experiment',
  FeatureFlag: 'Feature flag',
  ChangeRequest: 'Change request',
  ApprovalPolicy: 'Approval policy',
}

/**
 * The number of what a mutation's `id` names, by global id or number. What can name nothing is not found, with a word on what would.
 *
 * @throws NotFoundRefusal
 */
export function addressed(typename: string, id: string | number): number {
  const what = words[typename] ?? typename
  try {
    const number = databaseId(typename, String(id), 'input.id')
    if (isStorableId(number)) return number
  } catch (mistake) {
    if (mistake instanceof BadUserInputError) throw new NotFoundRefusal(`${what} not found. ${mistake.message}`)
    throw mistake
  }
  throw new NotFoundRefusal(`${what} not found.`)
}

/**
 * The project that a mutation's input names, by global id or number.
 *
 * @throws NotFoundRefusal when there is none that the viewer sees.
 * @throws PermissionDeniedRefusal with the reference's texts, when the key is not for it.
 */
export async function inputProject(context: Context, id: string | number, field = 'projectId'): Promise<Project> {
  try {
    return await findProject(context, String(id), `input.${field}`)
  } catch (refusal) {
    if (refusal instanceof NotFoundError) throw new NotFoundRefusal(refusal.message)
    if (refusal instanceof BadUserInputError) throw new NotFoundRefusal(`Project not found. ${refusal.message}`)
    if (refusal instanceof ForbiddenError) throw new PermissionDeniedRefusal(refusal.message)
    throw refusal
  }
}
