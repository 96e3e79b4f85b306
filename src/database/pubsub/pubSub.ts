import type { Db, Transaction } from '../open.ts'

/**
 * Short texts that a transaction sends to every server on the same database, itself included: they arrive once it has committed, and never
 * when it has not. Nobody keeps them for who does not listen.
 */
export interface Signals {
  /** Sends texts of at most 7,900 bytes, as the last thing that a transaction does. */
  send(tx: Transaction, texts: readonly string[]): Promise<void>
  /** Called when the transaction of these texts has committed. */
  committed(texts: readonly string[]): void
  /**
   * Hears every text from now on.
   *
   * @param lost called once when the connection ended: what comes later is not heard any more
   * @returns stops; rejects, and calls nobody, when there is no connection to be had
   */
  listen(heard: (text: string) => void, lost: (error: Error) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

const known = new WeakMap<Db, Signals>()

/** A database and its signals go together: whoever writes on the one sends by the other. */
export function connectSignals(db: Db, signals: Signals): void {
  known.set(db, signals)
}

/** The signals of an open database. */
export function signalsOf(db: Db): Signals {
  const signals = known.get(db)
  if (signals === undefined) throw new Error('This database was opened without signals.')
  return signals
}
