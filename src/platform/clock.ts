/** Tells the time. The one in a server's options is the only one that is read, so that a test can stand on any day. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()
