import './FeatureFlagUsage.ts'
import './queries/eventNames.ts'
