// Looks for flags in code, and asks the graph for them: node check.mjs [folder]. It needs Node 20 and no packages.
// Reports keys that the graph does not know, and flags that are stale, archived or deleted. The exit code is 1 if a flag is missing.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const { GRAPHQL_URL = 'http://localhost:4000/graphql', GRAPHQL_KEY, PROJECT_ID = '1', FLAG_PATTERN, GITHUB_ACTIONS } = process.env
const [root = '.'] = process.argv.slice(2)
/** How PostHog's libraries are asked for a flag. The first group is the key. */
const pattern = new RegExp(
  FLAG_PATTERN ||
    /\b(?:isFeatureEnabled|getFeatureFlag(?:Payload)?|useFeatureFlag\w*|feature_enabled|get_feature_flag(?:_payload)?)\(\s*['"`]([^'"`$]{1,400})['"`]/
      .source,
  'g',
)
const skippedFolders = new Set(['node_modules', '.git', 'dist', 'build', 'vendor'])
const sourceFile = /\.([cm]?[jt]sx?|py|rb|go|php|java|kt|swift|dart|cs|vue|svelte)$/
const maxBytes = 1_000_000
/** As many as the graph takes at once. */
const pageSize = 100
const timeoutMs = 30_000

const query = `query FlagsInCode($projectId: ID!, $keys: [String!]!) {
  featureFlags(projectId: $projectId, keys: $keys, includeArchived: true, first: ${pageSize}) {
    nodes { key status }
  }
}`
const advice = {
  STALE: 'is stale: it serves the same to everybody, or nobody asks for it. Remove it from the code.',
  ARCHIVED: 'is archived, and off. Remove it from the code.',
  DELETED: 'is deleted, and off. Remove it from the code.',
}

try {
  if (!GRAPHQL_KEY) throw new Error('Set GRAPHQL_KEY to an API key with the scope feature_flag:read.')
  const uses = findUses(root)
  const flags = await readFlags([...uses.keys()])
  let missing = 0
  let stale = 0
  for (const [key, places] of uses) {
    const status = flags.get(key)
    if (status === undefined) {
      missing++
      for (const place of places) report('error', place, `The flag '${key}' does not exist.`)
    } else if (advice[status] !== undefined) {
      stale++
      for (const place of places) report('warning', place, `The flag '${key}' ${advice[status]}`)
    }
  }
  console.log(`Flags in the code: ${uses.size}. Missing: ${missing}. Stale, archived or deleted: ${stale}.`)
  if (missing > 0) process.exitCode = 1
} catch (error) {
  report('error', null, error.message)
  process.exitCode = 1
}

/** The places of each key, by key. */
function findUses(folder) {
  const uses = new Map()
  for (const file of sourceFiles(folder)) {
    const text = readFileSync(file, 'utf8')
    for (const { index, 1: key } of text.matchAll(pattern)) {
      const place = { file: relative('.', file).split(sep).join('/'), line: text.slice(0, index).split('\n').length }
      uses.set(key, [...(uses.get(key) ?? []), place])
    }
  }
  return uses
}

function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) yield* sourceFiles(path)
    if (entry.isFile() && sourceFile.test(entry.name) && statSync(path).size <= maxBytes) yield path
  }
}

/** The status of each flag that the graph knows, by key. */
async function readFlags(keys) {
  const flags = new Map()
  for (let start = 0; start < keys.length; start += pageSize) {
    const variables = { projectId: PROJECT_ID, keys: keys.slice(start, start + pageSize) }
    const { featureFlags } = await ask(variables)
    for (const { key, status } of featureFlags.nodes) flags.set(key, status)
  }
  return flags
}

async function ask(variables) {
  const response = await fetch(GRAPHQL_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${GRAPHQL_KEY}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error) => {
    throw new Error(`${GRAPHQL_URL} cannot be asked: ${error.cause?.message ?? error.message}`)
  })
  const { data, errors } = await response.json().catch(() => ({}))
  if (errors?.length > 0) throw new Error(`The graph refuses: ${errors.map(({ message }) => message).join(' ')}`)
  if (!data?.featureFlags) throw new Error(`${GRAPHQL_URL} answers with HTTP status ${response.status}, and no flags.`)
  return data
}

/** GitHub shows these lines beside the code. */
function report(level, place, message) {
  if (!GITHUB_ACTIONS) console.log(`${place === null ? '' : `${place.file}:${place.line}: `}${level}: ${message}`)
  else {
    const at = place === null ? '' : ` file=${escaped(place.file)},line=${place.line}`
    console.log(`::${level}${at}::${escaped(message)}`)
  }
}

/** As GitHub's workflow commands escape texts. */
function escaped(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
