import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kind, parse } from 'graphql'
import { documents } from '../../test/docs/documents.ts'
import { pageOf } from '../pages/places.ts'

/** What is wrong with the built site in a folder: pages and types that are missing, links to nothing, and files from another host. */
export function checkSite(folder: string, base: string): string[] {
  const files = new Set(globSync('**/*', { cwd: folder }).map((file) => file.replaceAll('\\', '/')))
  const pages = new Map([...files].filter((file) => file.endsWith('.html')).map((file) => [file, readPage(join(folder, file))]))
  const sidebar = pages.get('index.html')?.links ?? []

  const docs = documents.filter(({ path }) => path.startsWith('docs/')).map(({ path }) => pageOf(path).replace(/\.md$/, '.html'))
  const missing = docs.filter((page) => !pages.has(page)).map((page) => `${page} is missing.`)
  const unlisted = docs
    .filter((page) => !sidebar.includes(`${base}${page.replace(/index\.html$/, '')}`))
    .map((page) => `${page} is not in the sidebar.`)

  const anchors = new Set([...pages].flatMap(([page, { ids }]) => (page.startsWith('reference/') ? [...ids] : [])))
  const undocumented = namesOf(readFileSync('schema.graphql', 'utf8')).filter((name) => !anchors.has(name))

  const dead = [...pages].flatMap(([page, { links }]) =>
    links.filter((link) => !leadsSomewhere(page, link)).map((link) => `${page} links to ${link}, which is not there.`),
  )
  const foreign = [...pages].flatMap(([page, { loaded }]) =>
    loaded.filter((address) => /^(\w+:)?\/\//.test(address)).map((address) => `${page} loads ${address} from another host.`),
  )
  return [...missing, ...unlisted, ...undocumented.map((name) => `The reference lacks ${name}.`), ...new Set(dead), ...foreign]

  function leadsSomewhere(page: string, link: string): boolean {
    const { origin, pathname, hash } = new URL(link, `http://site${base}${page}`)
    if (origin !== 'http://site') return true
    if (!pathname.startsWith(base)) return false
    const file = decodeURIComponent(pathname.slice(base.length)).replace(/(^|\/)$/, '$1index.html')
    return files.has(file) && (hash === '' || (pages.get(file)?.ids.has(decodeURIComponent(hash.slice(1))) ?? false))
  }
}

interface Page {
  ids: Set<string>
  links: string[]
  /** What the browser loads to show it. */
  loaded: string[]
}

function readPage(file: string): Page {
  const html = readFileSync(file, 'utf8')
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, value = '']) => value.replaceAll('&amp;', '&'))
  return {
    ids: new Set(all(/\sid="([^"]+)"/g)),
    links: all(/<a\s[^>]*?\bhref="([^"]*)"/g),
    loaded: [...all(/<(?:script|img)\s[^>]*?\bsrc="([^"]*)"/g), ...all(/<link\s[^>]*?\bhref="([^"]*)"/g)],
  }
}

/** All types of the schema, the fields of its root types, and the directives that it uses. */
function namesOf(sdl: string): string[] {
  const directives = new Set([...sdl.matchAll(/(?<=\s)@(\w+)(?=[\s(])/g)].map(([, name = '']) => name))
  directives.delete('link')
  return [
    ...directives,
    ...parse(sdl).definitions.flatMap((node) => {
      if (!('name' in node) || node.name === undefined || node.kind === Kind.OPERATION_DEFINITION) return []
      const isRoot = ['Query', 'Mutation', 'Subscription'].includes(node.name.value)
      const fields = isRoot && 'fields' in node ? (node.fields ?? []).map(({ name }) => name.value) : []
      return [node.name.value, ...fields]
    }),
  ]
}
