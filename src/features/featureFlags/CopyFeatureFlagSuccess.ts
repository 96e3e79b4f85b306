import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { asValue, ErrorInterface } from '../../graphql/mutationErrorTypes.ts'
import type { DomainError } from '../../platform/domainErrors.ts'
import { Project, projectLoader } from '../projects/Project.ts'
import { FeatureFlag, loadFlag } from './FeatureFlag.ts'

/** What came of the copy to one project. */
export interface CopyOutcome {
  /** The id of the project as the caller sent it. */
  sentId: string
  /** Null if the viewer can see no such project. */
  projectId: number | null
  featureFlagId: number | null
  created: boolean | null
  dependencyIds: readonly number[]
  refusal: DomainError | null
}

const CopyResult = builder.objectRef<CopyOutcome>('CopyResult').implement({
  description: 'What came of the copy of a flag to one project. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    projectId: t.id({ description: 'The id of the project, as it was sent.', resolve: ({ sentId }) => sentId }),
    project: t.field({
      type: Project,
      nullable: true,
      description: 'The project. Null when the viewer can see no such project.',
      resolve: ({ projectId }, _args, context) => (projectId === null ? null : projectLoader(context).load(projectId)),
    }),
    featureFlag: t.field({
      type: FeatureFlag,
      nullable: true,
      description: 'The flag in the project, as it is after the copy. Null when it was refused.',
      resolve: ({ featureFlagId }, _args, context) => (featureFlagId === null ? null : loadFlag(context, featureFlagId)),
    }),
    created: t.exposeBoolean('created', {
      nullable: true,
      description: 'True when the copy made the flag, false when it replaced one. Null when it was refused.',
    }),
    copiedDependencies: t.field({
      type: [FeatureFlag],
      listSize: shortListSize,
      description: 'The flags that were made because the flag depends on them. Empty when the copy was refused.',
      resolve: async ({ dependencyIds }, _args, context) => {
        const flags = await Promise.all(dependencyIds.map((id) => loadFlag(context, id)))
        return flags.filter((flag) => flag !== null)
      },
    }),
    refusal: t.field({
      type: ErrorInterface,
      nullable: true,
      description:
        'Why nothing was written in this project: any error of a mutation, also an `ApprovalRequiredError` with its change request. Null when ' +
        'the flag was copied.',
      resolve: ({ refusal }) => (refusal === null ? null : asValue(refusal)),
    }),
  }),
})

export const CopyFeatureFlagSuccess = builder.objectRef<{ results: CopyOutcome[] }>('CopyFeatureFlagSuccess').implement({
  description:
    'The copies of a flag. Each project has its own result, which may be a refusal. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    results: t.expose('results', {
      type: [CopyResult],
      listSize: shortListSize,
      description: 'What came of the copy to each project, in the order of `targetProjectIds`.',
    }),
  }),
})
