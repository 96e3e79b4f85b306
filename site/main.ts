import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, serve } from 'vitepress'
import { checkSite } from './check/checkSite.ts'
import { writePages } from './pages/writePages.ts'

// Builds the site in site/dist/html/ and checks it: `npm run build:site`. `--base /docs/` is the path that it is for, `/` by default.
// `--serve` shows it on this machine.

const { values } = parseArgs({ options: { base: { type: 'string', default: '/' }, serve: { type: 'boolean', default: false } } })
const { base } = values
const output = join(import.meta.dirname, 'dist')
rmSync(output, { recursive: true, force: true })
writePages(join(output, 'pages'))
// VitePress takes a link to a file of an ending that it does not know for a link to a page.
process.env.VITE_EXTRA_EXTENSIONS = 'graphql,ipynb'
await build(import.meta.dirname, { base })
const problems = checkSite(join(output, 'html'), base)
for (const problem of problems) console.error('build:site:', problem)
if (problems.length > 0) process.exitCode = 1
else if (values.serve) await serve({ root: import.meta.dirname, base, port: 4173 })
