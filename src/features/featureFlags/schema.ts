import './FeatureFlag.ts'
import './queries/eligibleFeatureFlags.ts'
import './mutations/createFeatureFlag.ts'
import './mutations/updateFeatureFlag.ts'
