/** The kinds of rows that can be imported, as the report names them. */
export const rowKinds = [
  ...(['project settings', 'evaluation contexts', 'group types', 'cohorts', 'actions', 'holdouts', 'saved metrics', 'prompts'] as const),
  ...(['feature flags', 'surveys', 'product tours', 'experiments', 'events'] as const),
] as const

export type RowKind = (typeof rowKinds)[number]
