import { textOf } from './values.ts'

// Versions of software (evaluation.md 7). Where the text is silent, the rules of Rust's `semver` hold, which PostHog's service uses.

interface Version {
  /** Major, minor and patch, without leading zeros. They may have more digits than a number of JavaScript holds. */
  parts: [string, string, string]
  prerelease: string[]
  build: string[]
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  SEMVER_EQ: (order) => order === 0,
  SEMVER_NEQ: (order) => order !== 0,
  SEMVER_GT: (order) => order > 0,
  SEMVER_GTE: (order) => order >= 0,
  SEMVER_LT: (order) => order < 0,
  SEMVER_LTE: (order) => order <= 0,
}

/** Compares two versions. False when one of them is none. */
export function matchesVersion(operator: string, filter: unknown, given: unknown): boolean {
  const version = parseVersion(trimVersion(textOf(given)))
  const wanted = trimVersion(textOf(filter))
  if (version === null) return false
  if (operator === 'SEMVER_WILDCARD') return matchesWildcard(version, wanted)
  const bound = parseVersion(wanted)
  if (bound === null) return false
  if (operator === 'SEMVER_TILDE' || operator === 'SEMVER_CARET')
    return fits(version, bound, operator === 'SEMVER_TILDE' ? 2 : caretWidth(bound))
  return operators[operator]?.(compareVersions(version, bound)) ?? false
}

const trimVersion = (text: string) => text.trim().replace(/^v/, '').trim()
const trimZeros = (digits: string) => digits.replace(/^0+(?=\d)/, '')

/** @param text without a `v` and blanks around it */
function parseVersion(text: string): Version | null {
  const found = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/.exec(text)
  if (found === null) return null
  const [, major = '0', minor = '0', patch = '0', prerelease, build] = found
  const version: Version = {
    parts: [trimZeros(major), trimZeros(minor), trimZeros(patch)],
    prerelease: prerelease?.split('.') ?? [],
    build: build?.split('.') ?? [],
  }
  const isValid = !version.build.includes('') && version.prerelease.every((part) => part !== '' && !/^0\d+$/.test(part))
  return isValid ? version : null
}

function compareNumbers(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b))
}

function compareParts(a: Version, b: Version, count = 3): number {
  for (let n = 0; n < count; n++) {
    const order = compareNumbers(a.parts[n] as string, b.parts[n] as string)
    if (order !== 0) return order
  }
  return 0
}

/** Numbers come before words, and fewer parts before more. */
function compareLabels(a: readonly string[], b: readonly string[]): number {
  for (let n = 0; n < Math.min(a.length, b.length); n++) {
    const [one, other] = [a[n] as string, b[n] as string]
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)]
    const words = one < other ? -1 : Number(one > other)
    const order =
      isNumber && isOtherNumber ? compareNumbers(trimZeros(one), trimZeros(other)) : Number(isOtherNumber) - Number(isNumber) || words
    if (order !== 0) return order
  }
  return a.length - b.length
}

function comparePrereleases(a: Version, b: Version): number {
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length === 0 ? (a.prerelease.length === 0 ? 0 : -1) : 1
  return compareLabels(a.prerelease, b.prerelease)
}

function compareVersions(a: Version, b: Version): number {
  return compareParts(a, b) || comparePrereleases(a, b) || compareLabels(a.build, b.build)
}

/** How many parts must be equal for a caret: those up to the first that is not 0. */
function caretWidth({ parts }: Version): number {
  const first = parts.findIndex((part) => part !== '0')
  return first < 0 ? 3 : first + 1
}

/** Whether a version is at least `bound`, and equal to it in the first parts. */
function fits(version: Version, bound: Version, equalParts: number): boolean {
  if (compareParts(version, bound, equalParts) !== 0) return false
  if (compareParts(version, bound) < 0 || (compareParts(version, bound) === 0 && comparePrereleases(version, bound) < 0)) return false
  return allowsPrerelease(version, bound)
}

/** A pre-release fits a range only if the range names a pre-release of the same three numbers. */
function allowsPrerelease(version: Version, bound: Version): boolean {
  return version.prerelease.length === 0 || (bound.prerelease.length > 0 && compareParts(version, bound) === 0)
}

function matchesWildcard(version: Version, wanted: string): boolean {
  const found = /^(?:(\d+)\.)?(?:(\d+)\.)?\*(?:\.\*)*$/.exec(wanted)
  // Without a star it is a range as by caret. The parts that it leaves out may be anything.
  if (found === null) return matchesPartial(version, wanted)
  if (wanted.split('.').length > 3 || version.prerelease.length > 0) return false
  return [found[1], found[2]].every((part, n) => part === undefined || trimZeros(part) === version.parts[n])
}

function matchesPartial(version: Version, wanted: string): boolean {
  const bound = parseVersion(wanted)
  if (bound === null) return false
  const named = wanted.split(/[-+]/)[0]?.split('.').length ?? 0
  return fits(version, bound, Math.min(caretWidth(bound), named))
}
