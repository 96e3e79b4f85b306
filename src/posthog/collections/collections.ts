import { actions } from './actions.ts'
import { cohorts } from './cohorts.ts'
import type { Collection } from './collection.ts'
import { holdouts } from './holdouts.ts'
import { productTours } from './productTours.ts'
import { prompts } from './prompts.ts'
import { savedMetrics } from './savedMetrics.ts'
import { surveys } from './surveys.ts'

/** The smaller collections of the REST API, by the names that reports use. */
export const collections = {
  cohorts,
  actions,
  holdouts,
  'saved metrics': savedMetrics,
  prompts,
  surveys,
  'product tours': productTours,
} satisfies Record<string, Collection>

export type CollectionKind = keyof typeof collections

/** Surveys and product tours name flags, so they come after them. The others come before, because flags and experiments name them. */
export const collectionsBeforeFlags = ['cohorts', 'actions', 'holdouts', 'saved metrics', 'prompts'] as const
export const collectionsAfterFlags = ['surveys', 'product tours'] as const
