import { loaderById } from '../../../graphql/dataLoaders.ts'
import { getFact } from '../rules/flagFacts.ts'

/** Loads the variants that flags serve to everybody. Does not check visibility: use it only for the flags of rows that the viewer may see. */
export const servedVariantLoader = loaderById(async (context, ids) => {
  const flags = await context.db.featureFlag.findMany({ where: { id: { in: ids } }, select: { id: true, facts: true } })
  return flags.map((flag) => ({ id: flag.id, key: getFact(flag, 'serves') }))
})
