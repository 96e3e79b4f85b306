/** A page of the shop, as this subgraph stores it: of flags, experiments and projects it knows nothing but what names them. */
export interface Page {
  id: number
  path: string
  title: string
  publishedAt: Date
  layout: unknown
  /** The project's global id. */
  projectId: string
  flagKey: string | null
  /** The experiment's number. */
  experimentId: number | null
}
