import { requireViewer } from '../auth/require.ts'
import { visibleProjects } from '../auth/viewer.ts'
import { loaderById } from '../db/loaders.ts'

/** The flags of this request that the viewer may see, by id; lists put what they read into it. */
export const flagRows = loaderById((context, ids) =>
  context.db.featureFlag.findMany({ where: { id: { in: ids }, project: visibleProjects(requireViewer(context)) } }),
)
