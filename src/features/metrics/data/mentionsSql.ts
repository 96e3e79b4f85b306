import { Prisma } from '../../../database/generated/client.ts'

// "strict", because the lax mode unwraps lists. It would then match the kind of one node and the event of another.

/**
 * A condition in a list of a project: the metric has, at any depth, an events node for this event or an actions node for a live action with
 * this event. The actions are looked up once for the list, not for each metric: the look-up depends only on `parent`, the project.
 */
export function mentionsEventSql(metric: Prisma.Sql, event: string): Prisma.Sql {
  return Prisma.sql`jsonb_path_exists(
      ${metric},
      'strict $.** ? ((@.kind == "EventsNode" && @.event == $event) || (@.kind == "ActionsNode" && (@.id == $ids[*] || @.id == $texts[*])))',
      (
        SELECT jsonb_build_object(
          'event', ${event}::text, 'ids', coalesce(jsonb_agg(a.id), '[]'), 'texts', coalesce(jsonb_agg(a.id::text), '[]')
        )
        FROM actions a
        WHERE a.project_id = parent.id AND NOT a.deleted
          AND jsonb_path_exists(a.steps, 'strict $[*] ? (@.event == $event)', jsonb_build_object('event', ${event}::text))
      )
    )`
}

/** A condition: the metric has, at any depth, an actions node for the action with this number. */
export function mentionsActionSql(metric: Prisma.Sql, actionId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`jsonb_path_exists(
      ${metric},
      'strict $.** ? (@.kind == "ActionsNode" && (@.id == $id || @.id == $text))',
      jsonb_build_object('id', ${actionId}, 'text', ${actionId}::text)
    )`
}
