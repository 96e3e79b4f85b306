import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// `npm run build:page` runs it.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // The server makes addresses relative to the page that is asked for, so that it also works behind a proxy that adds a prefix.
  base: './',
  build: {
    assetsDir: 'page',
    target: 'es2023',
    // Browsers that know light-dark(), so that it is kept.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The page may not have a script or a style in itself: see its content security policy.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The licenses of what is inside, which ask to be passed on.
    license: { fileName: 'licenses.txt' },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    // Few files: what each view needs, what the other pages need, the charts, and the map of the schema.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'map',
              test: /src\/(map|styles\/map)|node_modules\/(@xyflow|zustand|classcat|d3-(dispatch|drag|ease|force|quadtree|selection|timer|transition|zoom))\//,
              priority: 3,
            },
            { name: 'charts', test: /src\/charts\/|node_modules\/(@visx|d3-)/, priority: 2 },
            { name: 'pages', test: /src\/(approvals|experiments|flags|link)\//, priority: 1 },
            { name: 'base', test: /./ },
          ],
          includeDependenciesRecursively: false,
        },
      },
    },
  },
})
