import { createHash } from 'node:crypto'

// schema.released.graphql: the schema of the last release. Its first line has a hash, which shows whether somebody edited the file.

const firstLine = /^# Released as (\S+) \(sha256 ([0-9a-f]{64})\)\. Written by `npm run schema:release`, never by hand\.\n\n/

export function addSeal(sdl: string, version: string): string {
  return `# Released as ${version} (sha256 ${digest(sdl)}). Written by \`npm run schema:release\`, never by hand.\n\n${sdl}`
}

/**
 * Returns the released schema and its version from the text of the file.
 *
 * @throws Error if a release did not write the text. Otherwise copying schema.graphql over the file would hide breaking changes.
 */
export function removeSeal(text: string): { version: string; sdl: string } {
  const [line = '', version = '', written] = firstLine.exec(text) ?? []
  const sdl = text.slice(line.length)
  if (digest(sdl) !== written) throw new Error('schema.released.graphql is not as `npm run schema:release` wrote it. Please restore it.')
  return { version, sdl }
}

function digest(sdl: string): string {
  return createHash('sha256').update(sdl).digest('hex')
}
