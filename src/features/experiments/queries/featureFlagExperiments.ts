import { builder } from '../../../graphql/builder.ts'
import { selectedColumns } from '../../../graphql/columnSelection.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { firstPageSize, type PageArguments } from '../../../graphql/connections/connection.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { prefetchable, selectRows } from '../../../graphql/prefetch.ts'
import { type FlagRow, flagActiveLoader } from '../../featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../../featureFlags/FeatureFlag.ts'
import { experimentsPageFromJson, experimentsPageJson, flagExperiments, type PrefetchedExperiments } from '../data/flagExperimentsPage.ts'
import { ExperimentConnection, primeExperiments, readExperimentsPage } from './experiments.ts'

builder.objectField(FeatureFlag, 'experiments', (t) =>
  t.field({
    type: ExperimentConnection,
    description:
      'The experiments of this flag, the newest first, with the archived ones. Needs a key with the scope `experiment:read`. Without it, ' +
      'leave the field out: its error makes the nearest nullable parent null. `BAD_USER_INPUT` names the wrong argument.',
    args: pageArguments,
    authScopes: { scope: 'experiment:read' },
    listSize: pageListSize,
    ...prefetchable({
      scope: 'experiment:read',
      // The status of a running experiment depends on whether its flag is on.
      select: ['active'],
      sql: (info, args: readonly PageArguments[]) => {
        const [size, ...others] = new Set(args.map(firstPageSize))
        if (size == null || others.length > 0) return undefined
        return { json: experimentsPageJson(size, selectedColumns(info, 'Experiment')) }
      },
      fromJson: (json: PrefetchedExperiments, flag: FlagRow, args: PageArguments, context, info) => {
        const { columns, source, isComplete } = selectRows(info, context, 'Experiment', 'e')
        const [first] = json.rows
        // The loader may have the flag from another selection of this field. Then the JSON lacks columns, or has another page size.
        if (json.size !== firstPageSize(args) || (first !== undefined && !columns.every((column) => column in first))) return undefined
        flagActiveLoader(context).prime(flag.id, flag)
        const page = experimentsPageFromJson(context, flag.id, { ...flagExperiments, ...source }, json)
        if (isComplete) primeExperiments(context, page)
        return page
      },
      load: (flag: FlagRow, args: PageArguments, context, info) => {
        flagActiveLoader(context).prime(flag.id, flag)
        return readExperimentsPage(context, info, flag.id, flagExperiments, null, args)
      },
    }),
  }),
)
