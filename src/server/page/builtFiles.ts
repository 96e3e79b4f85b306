import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { OperatorError } from '../../platform/operatorError.ts'
import type { PageFile } from '../files/fileAnswers.ts'

/** What `npm run build:page` writes: the page, and in `page/` its scripts and styles, whose names change with their content. */
export interface BuiltFiles {
  html: string
  /** By path: `/page/main-1a2b3c.js`. No other file can be asked for. */
  assets: ReadonlyMap<string, PageFile>
}

const folder = new URL('../../../web/dist/', import.meta.url)
const types: Record<string, string> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }

/** @throws OperatorError if the files are not there. */
export function readBuiltFiles(): BuiltFiles {
  try {
    const assets = readdirSync(new URL('page/', folder)).map((name): [string, PageFile] => {
      const type = types[name.replace(/^.*\./, '')]
      if (type === undefined) throw new Error(`${name} has no known type.`)
      return [`/page/${name}`, { type, read: () => readFile(new URL(`page/${name}`, folder)) }]
    })
    return { html: readFileSync(new URL('index.html', folder), 'utf8'), assets: new Map(assets) }
  } catch (error) {
    throw new OperatorError(
      `The files of the web page cannot be read (${(error as Error).message}). Run \`npm run build:page\`, or set WEB_PAGE=false.`,
    )
  }
}
