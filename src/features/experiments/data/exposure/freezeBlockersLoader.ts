import { loaderByParent } from '../../../../graphql/dataLoaders.ts'
import { exposureStoreOf } from '../../../events/eventStoreOf.ts'
import { exposingColumns, loadFreezeBlockers } from './exposedPeople.ts'

/** Loads what keeps the experiments of a page from being frozen. Only for experiments that the viewer may see: it does not check. */
export const freezeBlockersLoader = loaderByParent(async (context, ids) => {
  const experiments = await context.db.experiment.findMany({
    where: { id: { in: ids } },
    select: exposingColumns,
    relationLoadStrategy: 'join',
  })
  const bounds = { now: context.now, max: context.config.maxExposureCohortSize }
  const blockers = await loadFreezeBlockers(context.db, experiments, bounds, (project) => exposureStoreOf(context, project))
  return experiments.flatMap(({ id }, index) => (blockers[index] ?? []).map((blocker) => ({ parentId: id, ...blocker })))
})
