import { Prisma } from '../../../database/generated/client.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { Action } from '../../metrics/Action.ts'
import { mentionsActionSql } from '../../metrics/data/mentionsSql.ts'
import { MetricRole } from '../../metrics/enums.ts'
import { Prompt } from '../../metrics/Prompt.ts'
import { SavedMetric } from '../../metrics/SavedMetric.ts'
import { ExperimentConnection, readExperimentsPage } from './experiments.ts'

// The experiments that use a saved metric, an action or a prompt. Deleted ones are left out, archived ones are not.

const listed = { id: Prisma.sql`e.id`, where: [Prisma.sql`NOT e.deleted`] }
const pageText = 'the newest first, with the archived ones. `BAD_USER_INPUT` names the wrong argument.'

const ofSavedMetric = {
  ...listed,
  from: Prisma.sql`experiment_saved_metrics l JOIN experiments e ON e.id = l.experiment_id`,
  parent: Prisma.sql`l.saved_metric_id`,
}

builder.objectField(SavedMetric, 'experiments', (t) =>
  t.field({
    type: ExperimentConnection,
    description: `The experiments that use this metric, ${pageText}`,
    args: {
      role: t.arg({ type: MetricRole, description: 'Only experiments that use it in this place.' }),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: ({ id }, { role, ...args }, context, info) => {
      const isSecondary = Prisma.sql`(l.metadata ->> 'type') IS NOT DISTINCT FROM 'secondary'`
      const places = role == null ? [] : [role === 'secondary' ? isSecondary : Prisma.sql`NOT ${isSecondary}`]
      return readExperimentsPage(context, info, id, { ...ofSavedMetric, where: [...listed.where, ...places] }, null, args)
    },
  }),
)

const ofAction = {
  from: Prisma.sql`actions a JOIN experiments e ON e.project_id = a.project_id`,
  id: listed.id,
  parent: Prisma.sql`a.id`,
  where: [
    ...listed.where,
    Prisma.sql`(
      ${mentionsActionSql(Prisma.sql`jsonb_build_array(e.metrics, e.metrics_secondary, e.exposure_criteria)`, Prisma.sql`a.id`)}
      OR EXISTS (
        SELECT FROM experiment_saved_metrics l JOIN saved_metrics m ON m.id = l.saved_metric_id
        WHERE l.experiment_id = e.id AND ${mentionsActionSql(Prisma.sql`m.query`, Prisma.sql`a.id`)}
      )
    )`,
  ],
}

builder.objectField(Action, 'experiments', (t) =>
  t.field({
    type: ExperimentConnection,
    description:
      'The experiments that use this action in a metric of their own, in a saved metric or as the exposure, ' +
      `${pageText} It looks at all experiments of the project.`,
    args: pageArguments,
    cost: 5,
    listSize: pageListSize,
    resolve: ({ id }, args, context, info) => readExperimentsPage(context, info, id, ofAction, null, args),
  }),
)

const ofPrompt = {
  ...listed,
  from: Prisma.sql`prompts p JOIN experiments e
    ON e.project_id = p.project_id AND e.parameters #> '{prompt_metadata,name}' = to_jsonb(p.name::text)`,
  parent: Prisma.sql`p.number`,
}

builder.objectField(Prompt, 'experiments', (t) =>
  t.field({
    type: ExperimentConnection,
    description:
      `The experiments that compare versions of this prompt, ${pageText} It looks at all experiments of the project. Needs a key with the ` +
      'scope `experiment:read`. Without it, leave the field out: its error makes the nearest nullable parent null.',
    args: pageArguments,
    cost: 5,
    authScopes: { scope: 'experiment:read' },
    listSize: pageListSize,
    resolve: ({ id }, args, context, info) => readExperimentsPage(context, info, id, ofPrompt, null, args),
  }),
)
