import { DomainError } from '../../../platform/domainErrors.ts'
import type { LaunchCheck } from '../rules/launchChecks.ts'

/** The caller asked for a launch without open points, and there are some. */
export class LaunchBlockedError extends DomainError {
  readonly code = 'LAUNCH_BLOCKED'
  readonly checks: readonly LaunchCheck[]
  constructor(checks: readonly LaunchCheck[]) {
    super(`The experiment was not launched. ${checks.map(({ message }) => message).join(' ')}`)
    this.checks = checks
  }
}
