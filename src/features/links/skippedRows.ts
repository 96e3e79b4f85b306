import { Prisma } from '../../database/generated/client.ts'
import type { KeysetRow } from '../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../database/keyset/sortOrder.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { readConnection } from '../../graphql/connections/connection.ts'
import { pageListSize } from '../../graphql/listSizes.ts'
import { ProjectLink } from './ProjectLink.ts'

interface SkippedRowData {
  kind: string
  upstreamId: string
  reason: string
  seenAt: Date
}

const SkippedRow = builder.objectRef<SkippedRowData>('SkippedRow').implement({
  description: 'A row of PostHog that cannot be stored here. Needs a key with the scope `project:read`.',
  authScopes: { scope: 'project:read' },
  fields: (t) => ({
    upstreamId: t.exposeString('upstreamId', { description: 'Its id in PostHog.' }),
    kind: t.exposeString('kind', { description: 'What it is: `feature_flags`, `experiments`, `holdouts` and so on.' }),
    reason: t.exposeString('reason', { description: 'Why it cannot be stored: the field at fault, and what would be right.' }),
    seenAt: t.expose('seenAt', { type: 'DateTime', description: 'When it was last read.' }),
  }),
})

const SkippedRowConnection = builder.connectionObject(
  { type: SkippedRow, name: 'SkippedRowConnection', description: 'A page of skipped rows.' },
  { name: 'SkippedRowEdge', description: 'A skipped row on a page.' },
)

const order = newestFirst('skipped rows', Prisma.sql`s.seen_at`)

builder.objectField(ProjectLink, 'skipped', (t) =>
  t.field({
    type: SkippedRowConnection,
    description:
      'The rows of PostHog that cannot be stored here, the newest first. A row leaves the list when it can be. `BAD_USER_INPUT` names the wrong ' +
      'argument.',
    args: pageArguments,
    authScopes: { scope: 'project:read' },
    listSize: pageListSize,
    resolve: ({ projectId }, args, context) =>
      readConnection<SkippedRowData & KeysetRow>(
        context,
        projectId,
        {
          from: Prisma.sql`link_skipped_rows s`,
          columns: Prisma.sql`s.number AS id, s.kind, s.upstream_id AS "upstreamId", s.reason, s.seen_at AS "seenAt"`,
          id: Prisma.sql`s.number`,
          parent: Prisma.sql`s.project_id`,
          where: [Prisma.sql`true`],
        },
        order,
        args,
      ),
  }),
)
