import { OperatorError } from '../platform/operatorError.ts'

/** Options or arguments that do not fit together. The exit code is 2, as for an option that does not exist. */
export class UsageError extends OperatorError {}
