// How the commands read and write CHANGELOG.md: sections of versions, of which the first is what is not released yet.

/** What stands as code in the list of breaking changes that are not released yet. */
export function changelogNames(changelog: string): ReadonlySet<string> {
  const breaking = section(section(changelog, '## Unreleased'), '### Breaking')
  return new Set([...breaking.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
}

/**
 * What was not released yet becomes this version's, under its day.
 *
 * @throws Error when there is nothing to release, or the version is there already.
 */
export function releaseInChangelog(changelog: string, version: string, day: string): string {
  if (versionsOf(changelog).includes(version)) throw new Error(`CHANGELOG.md has ${version} already: raise the version in package.json.`)
  if (section(changelog, '## Unreleased').trim() === '') throw new Error('CHANGELOG.md has nothing under "## Unreleased" to release.')
  return changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} (${day})`)
}

function versionsOf(changelog: string): string[] {
  return [...changelog.matchAll(/^## (\S+)/gm)].map(([, version = '']) => version)
}

/** The lines under a heading, up to the next one that is as high or higher; '' where there is none. */
function section(text: string, heading: string): string {
  const lines = text.split(/\r?\n/)
  const start = lines.indexOf(heading)
  if (start === -1) return ''
  const level = heading.indexOf(' ')
  const end = lines.findIndex((line, at) => at > start && (/^#+(?= )/.exec(line)?.[0].length ?? Number.POSITIVE_INFINITY) <= level)
  return lines.slice(start + 1, end === -1 ? undefined : end).join('\n')
}
