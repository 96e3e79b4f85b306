import type { Misbehaviour } from './server/faults.ts'

/** Answers of a proxy in place of PostHog. It knows nothing of keys and rows: what it says passes. */
export const foreignAnswers: readonly (readonly [string, Misbehaviour])[] = [
  ...[200, 400, 401, 402, 403, 404, 405, 409].map((status) => [`a page with ${status}`, { kind: 'html', status }] as const),
  ...[401, 403, 404, 405].map((status) => [`nothing with ${status}`, { kind: 'answer', status }] as const),
  ...[400, 401, 403, 404].map(
    (status) => [`a gateway's JSON with ${status}`, { kind: 'answer', status, body: { message: 'No.' } }] as const,
  ),
  ['other JSON with 200', { kind: 'answer', status: 200, body: { status: 'ok' } }],
]
