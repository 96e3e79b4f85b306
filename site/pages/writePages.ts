import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { documents, localLinks, withoutBlocks } from '../../test/docs/documents.ts'
import { referencePages } from '../reference/referencePages.ts'
import { linkTo, pageOf, targetOf } from './places.ts'

/** Code that documents link to is shown as a page. Other files are as they are. */
const shownAsCode = ['.js', '.mjs', '.ts']

/** Writes the sources of all pages to a folder: README, docs/, what they link to, and the reference of the schema. */
export function writePages(folder: string): void {
  const write = (page: string, text: string) => {
    mkdirSync(dirname(join(folder, page)), { recursive: true })
    writeFileSync(join(folder, page), text)
  }
  const texts = new Map(documents.map(({ path, text }) => [path, text]))
  const waiting = ['README.md', ...[...texts.keys()].filter((path) => path.startsWith('docs/'))]
  const seen = new Set(waiting)
  for (const path of waiting) {
    const text = texts.get(path)
    if (text === undefined) throw new Error(`${path} is linked, and no document.`)
    write(
      pageOf(path),
      replaceLinks(text, (link, isPicture) => {
        if (link.startsWith('#')) return link
        const [, file = '', anchor = ''] = /^([^#]+)(.*)$/.exec(link) ?? []
        const target = targetOf(path, file)
        if (target === 'schema.graphql') return linkTo(pageOf(path), 'reference/index.md')
        const extension = extname(target)
        if (extension === '.md') {
          if (!seen.has(target)) waiting.push(target)
          seen.add(target)
          return linkTo(pageOf(path), pageOf(target)) + anchor
        }
        if (isPicture) {
          cpSync(target, join(folder, pageOf(target)), { recursive: true })
          return linkTo(pageOf(path), pageOf(target))
        }
        if (!shownAsCode.includes(extension)) {
          cpSync(target, join(folder, 'public/files', target))
          return `/files/${target}`
        }
        const page = `source/${target}.md`
        write(page, `# \`${target}\`\n\n\`\`\`${extension.slice(1)}\n${readFileSync(target, 'utf8')}\`\`\`\n`)
        return linkTo(pageOf(path), page)
      }),
    )
  }
  cpSync('schema.graphql', join(folder, 'public/files/schema.graphql'))
  for (const [page, text] of referencePages(readFileSync('schema.graphql', 'utf8'))) write(`reference/${page}`, text)
}

/** The text with other targets of its local links. Fenced blocks stay as they are. */
function replaceLinks(text: string, target: (link: string, isPicture: boolean) => string): string {
  const links = new Set(localLinks(text))
  const prose = withoutBlocks(text).split('\n')
  return text
    .split('\n')
    .map((line, index) =>
      prose[index] !== line
        ? line
        : line.replaceAll(/(!?)(\[(?:[^\]]|\](?!\())*\])\(([^)\s]+)\)/g, (all, mark: string, name: string, link: string) =>
            links.has(link) ? `${mark}${name}(${target(link, mark === '!')})` : all,
          ),
    )
    .join('\n')
}
