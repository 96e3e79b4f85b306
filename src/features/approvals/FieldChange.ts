import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { projectLoader } from '../projects/Project.ts'
import { describeDifference, type FieldChangeValue, type GuardedPart } from './rules/fieldChanges.ts'
import type { Difference } from './rules/staleness.ts'

export const FieldChange = builder.objectRef<FieldChangeValue>('FieldChange').implement({
  description: 'A value that has changed. Any valid key that can read the field it is in can read it.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    path: t.stringList({
      description:
        'The path to the value: `["active"]`, `["filters", "groups", "1", "rollout_percentage"]`. Variants are named by key. The flag of an ' +
        'experiment comes after `"featureFlag"`. In `staleReasons`, the object comes first: `["experiment", "conclusion"]`. There, after ' +
        '`"after"` stands a field of the request\'s `after` that the change would now set otherwise.',
      resolve: ({ path }) => [...path],
    }),
    label: t.exposeString('label', { description: 'The field for people: `Condition 2: rollout`, `Variant "test": name`.' }),
    before: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The value before. Null for none, and for secrets.',
      resolve: ({ before }) => before,
    }),
    after: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The value after. Null for none, for secrets, and for an object of a project that the viewer cannot see.',
      resolve: ({ after }) => after,
    }),
    guarded: t.exposeBoolean('guarded', {
      description:
        'Whether consent is needed for it. In a change request: whether the policy of the request guards it. Elsewhere: whether policies can.',
    }),
  }),
})

/** Returns differences as changes, without the current values of projects that the viewer cannot see. A copy comes from another project. */
export function visibleDifferences(
  context: Context,
  differences: readonly Difference[],
  guards: readonly GuardedPart[],
): Promise<FieldChangeValue[]> {
  return Promise.all(
    differences.map(async (difference) => {
      const { projectId } = difference
      const isVisible = projectId === undefined || (await projectLoader(context).load(projectId)) !== null
      return describeDifference(isVisible ? difference : { ...difference, current: null }, guards)
    }),
  )
}
