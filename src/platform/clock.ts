/** Returns the current time. A server reads only the clock of its options, so that tests can set the time. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()
