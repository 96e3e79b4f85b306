import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { slugOf } from '../../test/docs/documents.ts'
import { sidebar } from '../pages/sidebar.ts'

const pages = join(import.meta.dirname, '../dist/pages')

// Dead links between pages fail the build: that is VitePress' default.
export default defineConfig({
  title: 'Experiments graph',
  description: 'A GraphQL service over experiments and feature flags.',
  // Without it, browsers ask for an icon that is not there.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: 'dist/pages',
  outDir: 'dist/html',
  cacheDir: 'node_modules/.cache/vitepress',
  // The same anchors as on GitHub, which the tests of docs/ check.
  markdown: { anchor: { slugify: slugOf }, languageAlias: { mjs: 'js' } },
  // The index of the search is one file.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    sidebar: sidebar(pages),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    nav: [
      { text: 'Start', link: '/getting-started' },
      { text: 'Schema', link: '/reference/' },
      { text: 'Configuration', link: '/configuration' },
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
  },
})
