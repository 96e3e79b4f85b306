/** How much data one run is made on. */
export interface Size {
  name: 'small' | 'medium' | 'large'
  /** Flags of the first project; 0 when every project is an ordinary one. */
  bigProject: number
  /** Projects of `flagsOfProject` flags each. */
  projects: number
  /** Events of the first project, over 30 days. */
  events: number
}

/** Flags of an ordinary project. */
export const flagsOfProject = 1_000

export const sizes: Record<Size['name'], Size> = {
  small: { name: 'small', bigProject: 0, projects: 1, events: 100_000 },
  medium: { name: 'medium', bigProject: 0, projects: 100, events: 500_000 },
  large: { name: 'large', bigProject: 200_000, projects: 200, events: 2_000_000 },
}

/** For a run that only shows that the benchmark works. */
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

/** The projects that lists are asked of: the big one where there is one, else all in turn. */
export function queriedProjects({ bigProject, projects }: Size): number[] {
  return bigProject > 0 ? [1] : Array.from({ length: projects }, (_, index) => index + 1)
}
