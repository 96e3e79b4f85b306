import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kinds } from '../reference/kinds.ts'

interface Item {
  text: string
  link: string
}

export interface Group {
  text: string
  collapsed: boolean
  items: Item[]
}

/** The pages by reader, in the order of reading. */
const readers: Record<string, readonly string[]> = {
  Start: ['index', 'getting-started', 'page', 'from-rest', 'examples/index', 'questions', 'glossary', 'CHANGELOG'],
  Use: ['api', 'mutations', 'approvals', 'evaluation', 'metrics', 'subscriptions', 'clients', 'http', 'auth', 'limits', 'federation'],
  'Schema reference': ['reference/index', ...kinds.map(({ page }) => `reference/${page}`)],
  Operate: [
    ...['configuration', 'command-line', 'deployment', 'operations', 'security', 'link', 'import', 'events', 'scaling', 'performance'],
    'dependencies',
  ],
  Contribute: ['contributing', 'architecture', 'bench/index'],
}

/** The sidebar of the pages in a folder. Each page is named by its heading. */
export function sidebar(folder: string): Group[] {
  const item = (page: string): Item => {
    const heading = /^# (.+)$/m.exec(readFileSync(join(folder, `${page}.md`), 'utf8'))?.[1]
    if (heading === undefined) throw new Error(`${page}.md has no heading.`)
    return { text: heading.replaceAll('`', ''), link: `/${page.replace(/(^|\/)index$/, '$1')}` }
  }
  const decisions = readdirSync(join(folder, 'decisions')).map((file) => file.replace('.md', ''))
  const records = decisions.filter((name) => name !== 'index').sort()
  const groups = { ...readers, Decisions: ['index', ...records].map((name) => `decisions/${name}`) }
  return Object.entries(groups).map(([text, pages]) => ({ text, collapsed: text === 'Decisions', items: pages.map(item) }))
}
