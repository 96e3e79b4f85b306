import { builder } from '../../graphql/builder.ts'
import { asObject } from '../../platform/json.ts'
import { Action } from '../metrics/Action.ts'
import { actionLoader } from '../metrics/data/actionLoader.ts'
import { MetricSource } from '../metrics/MetricSource.ts'
import type { ExposureValues, MultipleVariantHandling as Handling } from '../metrics/rules/exposureCriteria.ts'
import { readExposure } from '../metrics/rules/exposureCriteria.ts'
import { loadDefinition } from './data/experimentLoaders.ts'
import { Experiment } from './Experiment.ts'

export const MultipleVariantHandling = builder.enumType('MultipleVariantHandling', {
  description: 'What happens to people who are exposed to several variants.',
  values: {
    EXCLUDE: { value: 'exclude', description: 'They count for no variant.' },
    FIRST_SEEN: { value: 'first_seen', description: 'They count for the variant that they saw first.' },
  } satisfies Record<string, { value: Handling; description: string }>,
})

interface ShownExposure extends ExposureValues {
  projectId: number
  problem: string | null
  raw: unknown
}

const ExposureCriteria = builder.objectRef<ShownExposure>('ExposureCriteria').implement({
  description:
    'Which people count as exposed, and from when. By default, from the first call of the flag. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    event: t.string({
      nullable: true,
      description: "The event that exposes a person. Null together with `action`: the call of the experiment's own flag.",
      resolve: ({ events }) => events.event,
    }),
    action: t.field({
      type: Action,
      nullable: true,
      description: 'The action that exposes a person. Null when there is none, and when the project has no such action.',
      resolve: async ({ projectId, events: { actionId } }, _args, context) => {
        const action = actionId === null ? null : await actionLoader(context).load(actionId)
        return action?.projectId === projectId ? action : null
      },
    }),
    filters: t.field({
      type: 'JSON',
      description: 'The filters on properties that the event must meet, as a list in the form of the REST API. May be empty.',
      resolve: ({ events }) => events.filters,
    }),
    filterTestAccounts: t.exposeBoolean('filterTestAccounts', { description: 'Whether people who test the product are left out.' }),
    multipleVariants: t.expose('multipleVariants', {
      type: MultipleVariantHandling,
      description: 'What happens to people who are exposed to several variants.',
    }),
    activation: t.field({
      type: MetricSource,
      nullable: true,
      description: 'What an exposed person must also do to count. Null: nothing.',
      resolve: ({ projectId, activation, raw }) =>
        activation && { projectId, source: activation, raw: asObject(raw)?.activation_config ?? null },
    }),
    problem: t.string({
      nullable: true,
      description: 'Which stored criteria these fields cannot say, for people. The fields then show defaults. Null when they say all.',
      resolve: ({ problem }) => problem,
    }),
    raw: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The criteria in the form of the REST API. Null when none are stored.',
      resolve: ({ raw }) => raw,
    }),
  }),
})

builder.objectField(Experiment, 'exposure', (t) =>
  t.field({
    type: ExposureCriteria,
    description: 'Which people count as exposed, and from when.',
    select: ['projectId'],
    resolve: async ({ id, projectId }, _args, context) => {
      const { exposureCriteria } = await loadDefinition(context, id)
      return { projectId, ...readExposure(exposureCriteria), raw: exposureCriteria }
    },
  }),
)
