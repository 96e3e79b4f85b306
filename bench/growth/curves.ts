/** The cost per request of our service at one amount `x` of data. */
export interface Point {
  x: number
  /** CPU milliseconds. `database` is null when it cannot be measured. */
  cpu: { server: number; database: number | null }
  p50: number
}

export interface Curve {
  title: string
  /** The label of `x`. */
  axis: string
  points: Point[]
}

/** The growth curves, with the date and the database of their measurement. */
export interface GrowthCurves {
  date: string
  database: string
  curves: Curve[]
}
