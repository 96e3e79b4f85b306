import type { InputShapeFromFields } from '@pothos/core'
import { type ApprovalPolicy as PolicyRow, Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../../database/keyset/sortOrder.ts'
import { selectColumns } from '../../../database/sql.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageSizeOf, readConnection } from '../../../graphql/connections/connection.ts'
import { projectField } from '../../projects/projectField.ts'
import { ApprovalPolicy } from '../ApprovalPolicy.ts'
import { GatedAction } from '../enums.ts'

const ApprovalPolicyConnection = builder.connectionObject(
  { type: ApprovalPolicy, name: 'ApprovalPolicyConnection', description: 'A page of approval policies.' },
  { name: 'ApprovalPolicyEdge', description: 'An approval policy on a page.' },
)

const order = newestFirst('approvalPolicies', Prisma.sql`a.created_at`)

const filters = builder.args((t) => ({
  actionKey: t.field({ type: GatedAction, description: 'Only policies for this action.' }),
  enabled: t.boolean({ description: 'Only policies that are enabled (true) or disabled (false).' }),
}))

/** The policies that can apply to a project: its own, and those of its organization. */
function projectPolicies({ actionKey, enabled }: InputShapeFromFields<typeof filters>): ListSource {
  const where = [Prisma.sql`true`]
  if (actionKey != null) where.push(Prisma.sql`a.action_key = ${actionKey}`)
  if (enabled != null) where.push(Prisma.sql`a.enabled = ${enabled}`)
  return {
    // Two look-ups. With an OR instead, PostgreSQL reads the policies of all projects of the organization.
    from: Prisma.sql`projects p CROSS JOIN LATERAL (
      SELECT * FROM approval_policies o WHERE o.organization_id = p.organization_id AND o.project_id IS NULL
      UNION ALL SELECT * FROM approval_policies o WHERE o.organization_id = p.organization_id AND o.project_id = p.id
    ) AS a`,
    columns: selectColumns(Prisma.ApprovalPolicyScalarFieldEnum, 'a'),
    id: Prisma.sql`a.id`,
    parent: Prisma.sql`p.id`,
    where,
  }
}

projectField(
  { root: 'approvalPolicies', onProject: 'approvalPolicies' },
  {
    type: ApprovalPolicyConnection,
    scope: 'approvals:read',
    description:
      'The policies that can apply to a project, the newest first: its own, and those of its whole organization (`project` is null). ' +
      'A policy must match all filters. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...filters, ...pageArguments },
    complexity: (args) => ({ field: 1, multiplier: pageSizeOf(args) }),
    resolve: (project, args, context) => readConnection<PolicyRow & KeysetRow>(context, project.id, projectPolicies(args), order, args),
  },
)
