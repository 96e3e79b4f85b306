/** The commands that package.json has a script for. */
const scripts = ['export', 'import', 'jobs', 'keys', 'link', 'migrate']

/** Who installed the npm package has no scripts of it. */
const isInstalled = import.meta.url.includes('/node_modules/')

/** A command as people type it, such as `keys create --help`: with npm in a clone, and by its name where the npm package is installed. */
export function typedCommand(words: string, installed = isInstalled): string {
  if (installed) return `npx experiments-graph ${words}`.trimEnd()
  const [name = '', ...others] = words.split(' ')
  if (!scripts.includes(name)) return `npm run cli -- ${words}`.trimEnd()
  return others.length === 0 ? `npm run ${name}` : `npm run ${name} -- ${others.join(' ')}`
}
