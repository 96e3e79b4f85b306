import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'vitepress'
import { checkSite } from './check/checkSite.ts'
import { writePages } from './pages/writePages.ts'

// Builds the site in site/dist/html/ and checks it: `npm run build:site`. `--base /docs/` is where it is served, `/` by default.

const { values } = parseArgs({ options: { base: { type: 'string', default: '/' } } })
const output = join(import.meta.dirname, 'dist')
rmSync(output, { recursive: true, force: true })
writePages(join(output, 'pages'))
// VitePress takes a link to a file of an ending that it does not know for a link to a page.
process.env.VITE_EXTRA_EXTENSIONS = 'graphql'
await build(import.meta.dirname, { base: values.base })
const problems = checkSite(join(output, 'html'), values.base)
for (const problem of problems) console.error('build:site:', problem)
process.exitCode = problems.length === 0 ? 0 : 1
