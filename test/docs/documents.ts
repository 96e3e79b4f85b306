import { globSync, readFileSync } from 'node:fs'

/** A fenced block of a document. */
export interface Block {
  language: string
  text: string
  /** The line of the document on which its text begins. */
  line: number
}

/** A Markdown file of the project. */
export interface Document {
  path: string
  text: string
  blocks: Block[]
}

/** Every document of the project, by path. */
export const documents: readonly Document[] = globSync('**/*.md', { exclude: (name) => /(^|\/)(node_modules|dist)$/.test(name) })
  .sort()
  .map((path) => {
    const text = readFileSync(path, 'utf8')
    return { path, text, blocks: blocksOf(text) }
  })

/** @throws Error when there is no such document. */
export function document(path: string): Document {
  const found = documents.find((one) => one.path === path)
  if (found === undefined) throw new Error(`There is no document ${path}.`)
  return found
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language = '', 2: block = '', index }) => ({
    language,
    text: block,
    line: text.slice(0, index).split('\n').length + 1,
  }))
}

/** The text without its fenced blocks. Lines stay where they are. */
export function withoutBlocks(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll(/[^\n]/g, ''))
}

/** The anchors of the headings, as GitHub makes them. */
export function anchors(text: string): Set<string> {
  const seen = new Map<string, number>()
  return new Set(
    [...withoutBlocks(text).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => {
      const slug = slugOf(plainText(heading))
      const times = seen.get(slug) ?? 0
      seen.set(slug, times + 1)
      return times === 0 ? slug : `${slug}-${times}`
    }),
  )
}

/** The anchor of a heading without marks. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

/** The targets of the links that lead to another file or to a heading. */
export function localLinks(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target))
}

/** The sentences of the prose: of paragraphs, list items and table cells. Headings and blocks have none. */
export function sentences(text: string): string[] {
  const parts: string[] = ['']
  for (const line of withoutBlocks(text).split('\n')) {
    const item = /^\s*([-*]|\d+\.) (.*)$/.exec(line)?.[2]
    if (/^\s*$|^#|^\|[\s|:-]+$/.test(line)) parts.push('')
    else if (line.startsWith('|')) parts.push(...line.split(/(?<!\\)\|/), '')
    else if (item !== undefined) parts.push(item)
    else parts.push(`${parts.pop()} ${line.trim()}`)
  }
  return parts
    .flatMap((part) => plainText(part).split(/(?<=[.!?]["')]*)\s+/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '')
}

export function wordCount(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
}

/** Without links, emphasis and code marks. What code says counts as one word, so that its dots end no sentence. */
function plainText(markdown: string): string {
  return markdown
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/`([^`]*)`/g, (_all, code: string) => code.replaceAll(/\s+/g, '-').replaceAll(/[.!?]+$/g, ''))
    .replaceAll('**', '')
}
