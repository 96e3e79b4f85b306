import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse, print } from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import { ensureDemo } from '../../src/features/demo/ensureDemo.ts'
import { everythingIn, nodeTypes, servedSchema } from '../relay/relaySchema.ts'
import { globalId, testServer } from '../support/testServer.ts'

// The pages of known front ends, as one operation each, against the demo data and with the limits that a server has by default. A comment above
// an operation bounds its statements, and names what the demo data have nothing of. Everything else that it selects is somewhere in the answer.

interface Page {
  name: string
  text: string
  statements: number
  /** Paths of the answer, without the places in lists. */
  mayBeEmpty: ReadonlySet<string>
}

const folder = import.meta.dirname
const pages = readdirSync(folder)
  .filter((file) => file.endsWith('.graphql'))
  .flatMap((file) => readPages(readFileSync(join(folder, file), 'utf8')))

function readPages(source: string): Page[] {
  const { definitions } = parse(source)
  const fragments = definitions.filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
  const operations = definitions.filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION)
  return operations.map((operation, index) => {
    const start = operations[index - 1]?.loc?.end ?? 0
    const comments = source
      .slice(start, operation.loc?.start)
      .split('\n')
      .filter((line) => line.startsWith('#'))
    const valuesOf = (name: string) =>
      comments.flatMap((line) => (line.startsWith(`# ${name}: `) ? line.slice(name.length + 4).split(' ') : []))
    return {
      name: operation.name?.value ?? '',
      text: [operation, ...usedBy(print(operation), fragments)].map(print).join('\n'),
      statements: Number(valuesOf('statements')[0]),
      mayBeEmpty: new Set(valuesOf('empty')),
    }
  })
}

function usedBy(
  text: string,
  fragments: readonly FragmentDefinitionNode[],
  found = new Set<FragmentDefinitionNode>(),
): Set<FragmentDefinitionNode> {
  for (const fragment of fragments) {
    if (found.has(fragment) || !new RegExp(`\\.\\.\\.${fragment.name.value}\\b`).test(text)) continue
    found.add(fragment)
    usedBy(print(fragment), fragments, found)
  }
  return found
}

/** The paths of an answer at which nothing stands anywhere: null, or an empty list. */
function emptyPaths(data: unknown): string[] {
  const seen = new Map<string, boolean>()
  const visit = (value: unknown, path: string): void => {
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0)
    seen.set(path, (seen.get(path) ?? false) || !isEmpty)
    if (Array.isArray(value)) for (const entry of value) visit(entry, path)
    else if (typeof value === 'object' && value !== null && isSelected(path))
      for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`)
  }
  visit(data, '')
  return [...seen].filter(([, isThere]) => !isThere).map(([path]) => path)
}

/** JSON is a value, whatever is in it. */
const isSelected = (path: string) =>
  !/(^|\.)(filters|payload|value|raw|before|after|conditions\.|snapshot|actual|testAccountFilters)$/.test(path)

const tested = await testServer({ accessCacheSeconds: 0 })
const { db, run, countStatements, time } = tested
const keys = mkdtempSync(join(tmpdir(), 'pages-'))
afterAll(() => rmSync(keys, { recursive: true }))
const demo = await ensureDemo(tested, keys, time.now)
const key = demo?.key ?? ''
const idOf = async (name: string) => globalId('Experiment', (await db.experiment.findFirstOrThrow({ where: { name } })).id)

const variables = {
  projectId: '1',
  organizationId: globalId('Organization', (await db.organization.findFirstOrThrow()).id),
  flagKey: 'checkout-button',
  dependentKey: 'delivery-map',
  neededKey: 'delivery-estimate',
  changedKey: 'express-payment',
  staleKey: 'summer-banner',
  experimentId: await idOf('Checkout button: green or blue?'),
  draftId: await idOf('Zoom on hover'),
  stoppedId: await idOf('A shorter onboarding'),
  changeRequestId: globalId('ChangeRequest', (await db.changeRequest.findFirstOrThrow()).id),
  holdoutId: globalId('Holdout', (await db.holdout.findFirstOrThrow()).id),
  savedMetricId: globalId('SavedMetric', (await db.savedMetric.findFirstOrThrow()).id),
}

/** Everything of a flag that needs no argument, two levels deep, and what somebody gets. */
async function everythingOfFlag() {
  const type = nodeTypes(await servedSchema(tested)).find(({ name }) => name === 'FeatureFlag')
  if (type === undefined) throw new Error('There are no flags.')
  return `query Everything($projectId: ID!, $flagKey: String!) { featureFlag(projectId: $projectId, key: $flagKey) {
    ${everythingIn(type, 2)}
    evaluate(distinctId: "visitor-1") { key enabled variant payload reason conditionIndex bucketedBy missing
      conditions { index matched explanation properties { actual matched explanation condition { key operator value } } } }
    preview(change: { active: false }) { changes { path label before after guarded } fieldErrors { path message } guards { actionKey }
      impact { sampleKind sampled undecided unchanged turnedOn turnedOff otherVariant moves { from to count } warnings } } } }`
}

it('everything of a flag on one page is within the limits', async () => {
  const text = await everythingOfFlag()
  // The former limit of 2,500 tokens was less than that.
  expect([...text.matchAll(/\.\.\.|"[^"]*"|[\w$]+|[{}()[\]:!=@|]/g)].length).toBeGreaterThan(2_500)
  const { data, errors } = await run(key, text, variables)
  expect(errors).toBeUndefined()
  expect(data.featureFlag.key).toBe('checkout-button')
})

it('are at least forty, each with a name of its own', () => {
  expect(pages.length).toBeGreaterThanOrEqual(40)
  expect(new Set(pages.map(({ name }) => name)).size).toBe(pages.length)
})

describe('with the limits of a server and the demo data', () => {
  it.each(pages)(
    '$name is answered, with nothing empty that is there, and few statements',
    async ({ text, statements: most, mayBeEmpty }) => {
      const { data, errors } = await run(key, text, variables)
      expect(errors).toBeUndefined()
      expect(emptyPaths(data).filter((path) => !mayBeEmpty.has(path))).toEqual([])
      expect(await countStatements(() => run(key, text, variables))).toBeLessThanOrEqual(most)
      // A path that is no longer empty, or no longer there, is taken out of the comment.
      expect([...mayBeEmpty].filter((path) => !emptyPaths(data).includes(path))).toEqual([])
    },
  )
})
