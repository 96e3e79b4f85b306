import type { InputFields } from '../../graphql/mutation.ts'
import { reloadFlag } from './data/flagLoaders.ts'
import { FeatureFlag } from './FeatureFlag.ts'

/** What the mutations that return a flag share. */
export const flagMutation = { type: FeatureFlag, scope: 'feature_flag:write', reload: reloadFlag } as const

/** The version that the caller read, to detect that somebody else changed the flag since. */
export function versionInput(t: InputFields) {
  return t.int({
    description:
      'The version that you read. If the flag has another version now, nothing is written and you get an `InvalidStateError`. A ' +
      'guarded change becomes a change request instead, which is stale from the start. Without `version`, the last write wins.',
  })
}
