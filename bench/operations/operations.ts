import { entities } from './entities.ts'
import { implementations } from './implementation.ts'
import type { Operation } from './operation.ts'
import { pages } from './pages.ts'
import { stats } from './stats.ts'

export const operations: readonly Operation[] = [...pages, stats, ...implementations, entities]
