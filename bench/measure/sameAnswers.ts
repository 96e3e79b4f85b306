import { isDeepStrictEqual } from 'node:util'
import type { Operation } from '../operations/operation.ts'
import type { RunningServer } from '../servers/start.ts'
import type { Program } from '../servers/systems.ts'
import { ask } from './ask.ts'

/** Sends each request once to every server. @throws Error when two responses differ. */
export async function assertSameAnswers<Of extends Program, Inputs>(
  operation: Operation<Of, Inputs>,
  facts: Inputs,
  servers: readonly RunningServer<Of>[],
  most = 5,
): Promise<void> {
  const [first, ...others] = servers
  if (first === undefined) return
  const bodies = (server: RunningServer<Of>) => operation.ask[server.system](facts)
  for (const [turn, body] of bodies(first).entries()) {
    // A few are enough.
    if (turn >= most) return
    const expected = operation.read[first.system](await ask(first, body))
    for (const server of others) {
      const answer = operation.read[server.system](await ask(server, bodies(server)[turn] ?? {}))
      if (isDeepStrictEqual(answer, expected)) continue
      throw new Error(
        `${operation.id}: ${first.system} and ${server.system} give different answers.\n` +
          `${first.system}: ${JSON.stringify(expected).slice(0, 2_000)}\n${server.system}: ${JSON.stringify(answer).slice(0, 2_000)}`,
      )
    }
  }
}
