/** The amount of data of one run. */
export interface Size {
  name: 'small' | 'medium' | 'large'
  /** Flags of a big first project; 0 when there is none. */
  bigProject: number
  /** The number of ordinary projects, with `flagsOfProject` flags each. */
  projects: number
  /** Events of the first project, spread over 30 days. */
  events: number
}

/** Flags of an ordinary project. */
export const flagsOfProject = 1_000

export const sizes: Record<Size['name'], Size> = {
  small: { name: 'small', bigProject: 0, projects: 1, events: 100_000 },
  medium: { name: 'medium', bigProject: 0, projects: 100, events: 500_000 },
  large: { name: 'large', bigProject: 200_000, projects: 200, events: 2_000_000 },
}

/** The reduced data of a run with `--quick`. */
export function quickSize(size: Size): Size {
  const bigProject = Math.min(size.bigProject, 5_000)
  return { ...size, bigProject, projects: Math.min(size.projects, 5), events: 20_000 }
}

export function totalFlags({ bigProject, projects }: Pick<Size, 'bigProject' | 'projects'>): number {
  return bigProject + projects * flagsOfProject
}

export function totalProjects({ bigProject, projects }: Pick<Size, 'bigProject' | 'projects'>): number {
  return projects + (bigProject > 0 ? 1 : 0)
}

/** The projects that lists are queried for: the big one if there is one, otherwise all in turn. */
export function queriedProjects({ bigProject, projects }: Size): number[] {
  return bigProject > 0 ? [1] : Array.from({ length: projects }, (_, index) => index + 1)
}
