import type { UpstreamWriter } from '../../../commands/upstreamWriter.ts'
import { uninterrupted } from '../../../platform/cancellation.ts'
import { actUpstream } from './actUpstream.ts'
import { executeUpstream } from './executeUpstream.ts'
import type { WriterParts } from './session.ts'

/** Makes writes in PostHog, and stores its answers here: also if the caller has left in the meantime. */
export function createUpstreamWriter(parts: WriterParts): Pick<UpstreamWriter, 'execute' | 'act'> {
  return {
    execute: (command) => uninterrupted(() => executeUpstream(parts, command)),
    act: (action) => uninterrupted(() => actUpstream(parts, action)),
  }
}
