const storageName = 'experiments-graph:theme'

export type Theme = 'light' | 'dark'

/** The theme that is shown: the chosen one, or that of the system. */
export function shownTheme(): Theme {
  const chosen = localStorage.getItem(storageName)
  if (chosen === 'light' || chosen === 'dark') return chosen
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(storageName, theme)
  applyTheme()
}

/** Without a choice, the styles follow the system by themselves. */
export function applyTheme(): void {
  const chosen = localStorage.getItem(storageName)
  if (chosen !== null) document.documentElement.dataset.theme = chosen
}
