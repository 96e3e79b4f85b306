import type { Plugin } from 'graphql-yoga'
import type { Config } from '../../platform/config.ts'
import { createFileAnswers, isLocalName, type PageFile, wantsPage } from '../files/fileAnswers.ts'
import { toScriptJson } from '../files/scriptJson.ts'
import { readBuiltFiles } from './builtFiles.ts'

// React Aria inserts a style element, always with the same text. If the text changes, the tests in a browser print its hash.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Where index.html has what the server tells the page. */
const placeholder = '<script type="application/json" id="options">{}</script>'

/** Where the page shows a map of the schema. */
export const mapPath = '/graphiql/map'

/** Whether the map is served: where GraphiQL is, and callers may read the schema. */
export function hasMap({ webPage, graphiql, introspection }: Pick<Config, 'webPage' | 'graphiql' | 'introspection'>): boolean {
  return webPage && graphiql && introspection
}

/**
 * Serves the web page to browsers that open `/`, an address below `/p/`, or the map of the schema. Its scripts decide what to show there.
 *
 * @param demoKey the API key that the page offers, if this machine is asked by a local name; null without demo data
 * @throws OperatorError if its files cannot be read.
 */
export function useWebPage(demoKey: string | null, config: Pick<Config, 'webPage' | 'graphiql' | 'introspection'>): Plugin {
  const { graphiql } = config
  const map = hasMap(config)
  const { html, assets } = readBuiltFiles()
  const answer = createFileAnswers(contentSecurityPolicy)
  const pages = new Map<string, PageFile>()

  /** Addresses of files are relative, so that the page also works behind a proxy that adds a prefix. They depend on the depth of the page. */
  function findPage({ pathname, hostname }: URL): PageFile {
    const depth = pathname.split('/').length - 2
    const shownKey = isLocalName(hostname) ? demoKey : null
    const id = `${depth} ${shownKey !== null}`
    const known = pages.get(id)
    if (known !== undefined) return known
    const options = `<script type="application/json" id="options">${toScriptJson({ demoKey: shownKey, graphiql, map })}</script>`
    const text = html.replace(placeholder, () => options).replaceAll('"./page/', () => `"${'../'.repeat(depth)}page/`)
    const page = { type: 'text/html; charset=utf-8', read: () => text }
    pages.set(id, page)
    return page
  }

  return {
    onRequest: ({ request, url, fetchAPI, endResponse }) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') return
      const asset = assets.get(url.pathname)
      if (asset !== undefined) {
        return answer(asset, request, fetchAPI, 'public, max-age=31536000, immutable').then(endResponse)
      }
      if (!(isPagePath(url.pathname) || (map && url.pathname === mapPath)) || !wantsPage(request)) return
      return answer(findPage(url), request, fetchAPI, 'private, no-cache').then(endResponse)
    },
  }
}

/** `/`, and `/p/<project>/…` with at most as many parts as a page's address can have. */
function isPagePath(pathname: string): boolean {
  return pathname === '/' || /^\/p(\/[^/]+){1,5}\/?$/.test(pathname)
}
