import type { Plugin } from 'graphql-yoga'
import { createFileAnswers, isLocalName, type PageFile, wantsPage } from '../files/fileAnswers.ts'
import { createPage, pageFiles } from './page.ts'

// The editor sets inline styles. Its fonts and images are data URLs. Nothing comes from other servers.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  'font-src data:',
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Serves GraphiQL to browsers that open `/graphql`.
 *
 * @param demoKey the API key in the page, if this machine is asked by a local name; null without demo data
 * @param withMap whether the map of the schema is served too
 */
export function useGraphiql(demoKey: string | null, withMap: boolean): Plugin {
  const demoPage = createPage(demoKey, withMap)
  const openPage = createPage(null, withMap)
  const answer = createFileAnswers(contentSecurityPolicy)

  function findFile({ pathname, hostname }: URL): PageFile | undefined {
    if (pathname === '/graphql') return isLocalName(hostname) ? demoPage : openPage
    return pageFiles.get(pathname)
  }

  return {
    onRequest: ({ request, url, fetchAPI, endResponse }) => {
      const file = request.method === 'GET' ? findFile(url) : undefined
      if (file === undefined || (file.type.startsWith('text/html') && !wantsPage(request))) return
      return answer(file, request, fetchAPI, 'private, no-cache').then(endResponse)
    },
  }
}
