/** What one more of something costs our service: `x` is how much there is, the others are for each request. */
export interface Point {
  x: number
  /** Milliseconds of the processor; null where the database's cannot be measured. */
  cpu: { server: number; database: number | null }
  p50: number
}

export interface Curve {
  title: string
  /** What `x` counts. */
  axis: string
  points: Point[]
}

/** The curves of "how it grows", and when and on what they were measured. */
export interface GrowthCurves {
  date: string
  database: string
  curves: Curve[]
}
