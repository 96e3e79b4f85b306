import { Prisma } from '../../../database/generated/client.ts'

// "strict": the lax mode looks into lists by itself, and so puts a node together from the kind of one and the event of another.
/** Holds where a metric, at any depth, has an events node of this event, or an actions node of one of these actions. */
function mentions(metric: Prisma.Sql, event: string): Prisma.Sql {
  return Prisma.sql`(
    jsonb_path_exists(${metric}, 'strict $.** ? (@.kind == "EventsNode" && @.event == $event)', jsonb_build_object('event', ${event}::text))
    OR EXISTS (
      SELECT FROM actions a
      WHERE a.project_id = e.project_id AND NOT a.deleted
        AND jsonb_path_exists(a.steps, 'strict $[*] ? (@.event == $event)', jsonb_build_object('event', ${event}::text))
        AND jsonb_path_exists(
          ${metric},
          'strict $.** ? (@.kind == "ActionsNode" && (@.id == $id || @.id == $text))',
          jsonb_build_object('id', a.id, 'text', a.id::text)
        )
    )
  )`
}

/**
 * Holds for the rows of `experiments e` with a metric (primary, secondary or saved) on exactly this event, directly or through a step
 * of an action of the project that is not deleted (experiments.md 9). A metric on any event names none.
 */
export function usesEvent(event: string): Prisma.Sql {
  return Prisma.sql`(
    ${mentions(Prisma.sql`jsonb_build_array(e.metrics, e.metrics_secondary)`, event)}
    OR EXISTS (
      SELECT FROM experiment_saved_metrics l JOIN saved_metrics m ON m.id = l.saved_metric_id
      WHERE l.experiment_id = e.id AND ${mentions(Prisma.sql`m.query`, event)}
    )
  )`
}
