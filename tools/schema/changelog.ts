// Reads and changes CHANGELOG.md. It has a section for each version. The first section, "Unreleased", has the changes since the last release.

/** The names in backticks in the list of unreleased breaking changes. */
export function changelogNames(changelog: string): ReadonlySet<string> {
  const breaking = section(section(changelog, '## Unreleased'), '### Breaking')
  return new Set([...breaking.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
}

/**
 * Moves the unreleased changes to a section for this version and day. Returns the new text.
 *
 * @throws Error if there is nothing to release, or the version already has a section.
 */
export function releaseInChangelog(changelog: string, version: string, day: string): string {
  if (versionsOf(changelog).includes(version)) throw new Error(`CHANGELOG.md already has ${version}. Raise the version in package.json.`)
  if (section(changelog, '## Unreleased').trim() === '') throw new Error('CHANGELOG.md has nothing under "## Unreleased" to release.')
  return changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} (${day})`)
}

function versionsOf(changelog: string): string[] {
  return [...changelog.matchAll(/^## (\S+)/gm)].map(([, version = '']) => version)
}

/** The lines under a heading, up to the next heading of the same or a higher level. '' if the heading is missing. */
function section(text: string, heading: string): string {
  const lines = text.split(/\r?\n/)
  const start = lines.indexOf(heading)
  if (start === -1) return ''
  const level = heading.indexOf(' ')
  const end = lines.findIndex((line, at) => at > start && (/^#+(?= )/.exec(line)?.[0].length ?? Number.POSITIVE_INFINITY) <= level)
  return lines.slice(start + 1, end === -1 ? undefined : end).join('\n')
}
