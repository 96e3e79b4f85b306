import type { QueryValues } from '../../client/postHogClient.ts'
import type { CollectionKind } from '../../collections/collections.ts'

/** The kinds of rows that a link mirrors, in the order of the first copy: what others name comes before them. */
export const kindNames = [
  ...(['members', 'roles', 'group_types', 'cohorts', 'actions', 'holdouts', 'saved_metrics', 'prompts'] as const),
  ...(['feature_flags', 'surveys', 'product_tours', 'experiments', 'policies', 'change_requests'] as const),
] as const

export type KindName = (typeof kindNames)[number]

/** A list of PostHog's REST API. */
export interface Kind {
  name: KindName
  /** As people call it. */
  label: string
  /** The path of the list, below the project or the organization. */
  path: string
  owner: 'projects' | 'organizations'
  /** The scopes of a key. Null if nothing of this kind is written. */
  readScope: string
  writeScope: string | null
  /** Whether the list comes in pages. Otherwise one answer has all of it. */
  paged: boolean
  /** Parameters that give the list a fixed order, so that no row moves while its pages are read. */
  fixedOrder: QueryValues
  /** Whether archived rows are in a list of their own. */
  archivedApart: boolean
  /** Whether a link is of no use without it. */
  required: boolean
  /** The collection of the import that stores it. */
  collection: CollectionKind | null
  /** How often the whole list is read, in seconds. Null for lists that are followed by `updated_at`, or by the state of their rows. */
  everySeconds: number | null
}

const defaults = {
  owner: 'projects',
  writeScope: null,
  paged: true,
  fixedOrder: {},
  archivedApart: false,
  required: false,
  collection: null,
  everySeconds: 300,
} as const

const list: readonly (Pick<Kind, 'name' | 'label' | 'path' | 'readScope'> & Partial<Kind>)[] = [
  {
    ...{ name: 'members', label: 'members', path: 'members', owner: 'organizations', readScope: 'organization_member:read' },
    ...{ fixedOrder: { order: 'joined_at' }, everySeconds: 900 },
  },
  { name: 'roles', label: 'roles', path: 'roles', owner: 'organizations', readScope: 'organization:read', everySeconds: 900 },
  { name: 'group_types', label: 'group types', path: 'groups_types', readScope: 'group:read', paged: false, everySeconds: 900 },
  { name: 'cohorts', label: 'cohorts', path: 'cohorts', readScope: 'cohort:read', collection: 'cohorts' },
  { name: 'actions', label: 'actions', path: 'actions', readScope: 'action:read', paged: false, collection: 'actions' },
  { name: 'holdouts', label: 'holdouts', path: 'experiment_holdouts', readScope: 'experiment_holdout:read', collection: 'holdouts' },
  {
    ...{ name: 'saved_metrics', label: 'saved metrics', path: 'experiment_saved_metrics', readScope: 'experiment_saved_metric:read' },
    collection: 'saved metrics',
  },
  {
    ...{ name: 'prompts', label: 'prompts', path: 'llm_prompts', readScope: 'llm_prompt:read' },
    ...{ fixedOrder: { order_by: '-updated_at' }, collection: 'prompts' },
  },
  {
    ...{ name: 'feature_flags', label: 'feature flags', path: 'feature_flags', readScope: 'feature_flag:read' },
    ...{ writeScope: 'feature_flag:write', fixedOrder: { order: 'id' }, archivedApart: true, required: true, everySeconds: null },
  },
  { name: 'surveys', label: 'surveys', path: 'surveys', readScope: 'survey:read', collection: 'surveys' },
  { name: 'product_tours', label: 'product tours', path: 'product_tours', readScope: 'product_tour:read', collection: 'product tours' },
  {
    ...{ name: 'experiments', label: 'experiments', path: 'experiments', readScope: 'experiment:read' },
    ...{ writeScope: 'experiment:write', fixedOrder: { order: 'created_at' }, archivedApart: true, required: true, everySeconds: null },
  },
  { name: 'policies', label: 'approval policies', path: 'approval_policies', readScope: 'approvals:read', writeScope: 'approvals:write' },
  {
    ...{ name: 'change_requests', label: 'change requests', path: 'change_requests', readScope: 'approvals:read' },
    ...{ writeScope: 'approvals:write', everySeconds: null },
  },
]

/** The kinds, in the order of the first copy. */
export const kinds: readonly Kind[] = list.map((kind) => ({ ...defaults, ...kind }))

export function kindOf(name: string): Kind {
  const kind = kinds.find((each) => each.name === name)
  if (kind === undefined) throw new Error(`There is no kind '${name}'.`)
  return kind
}

/** The kinds whose whole list is read now and then. */
export const listedKinds: readonly (Kind & { everySeconds: number })[] = kinds.flatMap((kind) =>
  kind.everySeconds === null ? [] : [{ ...kind, everySeconds: kind.everySeconds }],
)
