import { posix } from 'node:path'

/** Where the page of a document is in the site: `docs/link.md` is `link.md`, `README.md` is `index.md`. */
export function pageOf(document: string): string {
  return document.replace(/^docs\//, '').replace(/(^|\/)README\.md$/, '$1index.md')
}

/** The path of a link's target in the project, for a link of a document. */
export function targetOf(document: string, link: string): string {
  return posix.join(posix.dirname(document), link)
}

/** The link from a page to another page. */
export function linkTo(page: string, other: string): string {
  const link = posix.relative(posix.dirname(page), other)
  return link.startsWith('.') ? link : `./${link}`
}
