/** A store of events that could not answer, though nothing is wrong with the question. It is a fault, as one of the database. */
export class EventStoreFault extends Error {
  readonly kind: 'unavailable' | 'timeout'
  constructor(kind: EventStoreFault['kind'], message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}

/** A question whose answer takes more memory, or has more rows, than a store of events may use for it. */
export class EventsTooLargeError extends Error {}
