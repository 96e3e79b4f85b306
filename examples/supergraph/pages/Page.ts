/** A page of the shop, as this subgraph stores it. Of flags, experiments and projects it has only the keys and ids. */
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
