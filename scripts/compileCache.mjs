// Loaded before the service's programs. Node keeps the types it has stripped and the code it has compiled, for the next start: that takes
// half the time, and needs no compiler of types in memory. Where the folder cannot be written, it does without.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/experiments-graph', import.meta.url)))
