#!/usr/bin/env node
// The command line tool: experiments-graph <command>. In a clone it runs the sources. Node does not run TypeScript from node_modules, so the npm
// package has them as JavaScript.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What Node is given, as in the scripts of package.json. */
const nodeOptions = {
  start: ['--expose-gc', '--min-semi-space-size=16'],
  link: ['--max-old-space-size=160', '--max-semi-space-size=8'],
}
const inPackage = (path) => fileURLToPath(new URL(path, import.meta.url))
const sources = inPackage('src/cli/main.ts')

process.argv.splice(2, 0, ...(nodeOptions[process.argv[2]] ?? []), existsSync(sources) ? sources : inPackage('dist/cli/main.js'))
await import('./run.mjs')
