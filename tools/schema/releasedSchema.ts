import { createHash } from 'node:crypto'

// schema.released.graphql: the schema that clients were promised last, under a line that tells whether it is as it was released.

const firstLine = /^# Released as (\S+) \(sha256 ([0-9a-f]{64})\)\. Written by `npm run schema:release`, never by hand\.\n\n/

export function addSeal(sdl: string, version: string): string {
  return `# Released as ${version} (sha256 ${digest(sdl)}). Written by \`npm run schema:release\`, never by hand.\n\n${sdl}`
}

/**
 * The released schema in the text of the file.
 *
 * @throws Error when it is not what a release wrote: else a break would be hidden by copying the schema over it.
 */
export function removeSeal(text: string): { version: string; sdl: string } {
  const [line = '', version = '', written] = firstLine.exec(text) ?? []
  const sdl = text.slice(line.length)
  if (digest(sdl) !== written) throw new Error('schema.released.graphql is not what `npm run schema:release` wrote: restore it.')
  return { version, sdl }
}

function digest(sdl: string): string {
  return createHash('sha256').update(sdl).digest('hex')
}
