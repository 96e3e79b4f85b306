import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { visibleOrganizationIds } from '../../../auth/visibility.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { anyLengthSql, limitSql, selectColumns } from '../../../database/sql.ts'
import { requireScope } from '../../../graphql/authorization.ts'
import { declaredColumns } from '../../../graphql/columnSelection.ts'
import type { Context } from '../../../graphql/context.ts'
import { type FlagRow, flagLoader } from './flagLoaders.ts'

/** A key of flags in the projects of an organization. */
export interface OrganizationKey {
  organizationId: string
  key: string
}

/** How many flags with one key are read. */
export const maxFlagsOfKey = 100

/** Loads the flags with a key in the projects of an organization that the viewer may see: the first projects first. Deleted flags are not found. */
export const flagsOfKeyLoader = createContextCache(
  (context: Context) =>
    new DataLoader<OrganizationKey, FlagRow[], string>(
      async (keys) => {
        const viewer = requireScope(context, 'feature_flag:read')
        const { scopedProjects } = viewer
        const scoped = scopedProjects.length === 0 ? Prisma.empty : Prisma.sql`AND p.id = ANY (${[...scopedProjects]}::int[])`
        const rows = await context.db.queryRows<FlagRow & { wanted: bigint }>(Prisma.sql`
          SELECT asked.wanted, found.*
          FROM unnest(${anyLengthSql(
            keys.map(({ organizationId }) => organizationId),
            'uuid',
          )}, ${anyLengthSql(
            keys.map(({ key }) => key),
            'text',
          )})
            WITH ORDINALITY AS asked (organization_id, key, wanted)
          CROSS JOIN LATERAL (
            SELECT ${selectColumns(declaredColumns('FeatureFlag'), 'f')}
            FROM projects p JOIN feature_flags f ON f.project_id = p.id AND f.key = asked.key AND NOT f.deleted
            WHERE p.organization_id = asked.organization_id AND p.organization_id = ANY (${visibleOrganizationIds(viewer)}::uuid[]) ${scoped}
            ORDER BY p.id ${limitSql(maxFlagsOfKey)}
          ) AS found
          ORDER BY asked.wanted, found."projectId"`)
        const flags = Map.groupBy(rows, ({ wanted }) => Number(wanted))
        return keys.map((_key, index) =>
          (flags.get(index + 1) ?? []).map(({ wanted: _, ...flag }) => {
            flagLoader(context).prime(flag.id, flag)
            return flag
          }),
        )
      },
      { cacheKeyFn: ({ organizationId, key }) => `${organizationId} ${key}` },
    ),
)
