import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { describe, expect, it } from 'vitest'

// The rules for imports in src/, and their documentation. Imports, including those of types, only go to the left in these lists.
const layers = ['platform', 'database', 'auth', 'commands', 'graphql', 'features', 'schema', 'posthog', 'server', 'main.ts', 'cli']
const features = [
  ...['projects', 'users', 'activityLog', 'approvals', 'cohorts', 'featureFlags', 'events', 'evaluation', 'metrics', 'holdouts'],
  ...['experiments', 'links', 'demo'],
]
// The places in a feature. "types" are the files next to the folders.
const drawers = ['rules', 'data', 'types', 'queries', 'mutations', 'subscriptions', 'schema.ts']
const maxFilesPerFolder = 20
/** The packages that rules may import. They know neither GraphQL nor the database nor files. */
const purePackages = ['lru-cache', 'node:crypto', 'node:util', 'temporal-polyfill', 'zod']

const files = globSync('src/**/*.{ts,js}').map((file) => file.replaceAll('\\', '/').slice('src/'.length))
const ours = files.filter((file) => !isGenerated(file)).sort()
const imports = files.flatMap(readImports)
const internalImports = imports.filter(({ from, to }) => !isGenerated(from) && files.includes(to))

interface Import {
  from: string
  /** A file in src/, or the name of a package. */
  to: string
  what: string
  typesOnly: boolean
}

function readImports(from: string): Import[] {
  const text = readFileSync(`src/${from}`, 'utf8')
  // A clause ends before the next statement: an `export type` above an import is not part of it.
  const statement =
    /^(?:import|export(?=\s+(?:type\s+)?[{*]))\s+(?:((?:(?!\n(?:import|export)\b)[^'";])*?)\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/gm
  return [...text.matchAll(statement)].flatMap(([, clause = 'everything', fixed = '', specifier = fixed]) => {
    const what = clause.replaceAll(/\s+/g, ' ')
    const typesOnly =
      what.startsWith('type ') ||
      (/^\{.*\}$/.test(what) &&
        what
          .slice(1, -1)
          .split(',')
          .every((name) => /^\s*(type .*)?$/.test(name)))
    const to = specifier.startsWith('.')
      ? join(dirname(from), specifier)
      : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    return [{ from, to, what, typesOnly }]
  })
}

function isGenerated(file: string): boolean {
  return file.startsWith('database/generated/')
}

const describeImport = ({ from, to, what }: Import) => `src/${from} imports ${what} from ${files.includes(to) ? 'src/' : ''}${to}`
const findImports = (isForbidden: (found: Import) => boolean) => internalImports.filter(isForbidden).map(describeImport)

/** The position of a file in the three lists: its layer, its feature, and its place in the feature. */
function positionOf(file: string): [layer: number, feature: number, drawer: number] {
  const [layer = '', feature = '', drawer = '', inDrawer] = file.split('/')
  if (layer !== 'features') return [layers.indexOf(layer), 0, 0]
  const place = inDrawer === undefined && drawer !== 'schema.ts' ? 'types' : drawer
  return [layers.indexOf(layer), features.indexOf(feature), drawers.indexOf(place)]
}

function goesRight({ from, to }: Import): boolean {
  const [source, target] = [positionOf(from), positionOf(to)]
  const index = source.findIndex((place, at) => place !== target[at])
  return index >= 0 && (target[index] ?? 0) > (source[index] ?? 0)
}

/** The import cycles among the files and folders of each folder. Files in different folders make a cycle of these folders. */
function findCircles(): string[] {
  const arrows = new Map<string, Map<string, Import>>()
  for (const found of internalImports) {
    const [from, to] = [found.from.split('/'), found.to.split('/')]
    const depth = from.findIndex((part, at) => part !== to[at])
    const [source, target] = [from, to].map((path) => path.slice(0, depth + 1).join('/')) as [string, string]
    if (depth >= 0) arrows.set(source, (arrows.get(source) ?? new Map()).set(target, found))
  }
  const circles = new Map<string, string>()
  const finished = new Set<string>()
  const visit = (node: string, path: readonly string[]) => {
    if (path.includes(node)) {
      const circle = path.slice(path.indexOf(node))
      const links = circle.map((each, at) => arrows.get(each)?.get(circle[at + 1] ?? node)).filter((link) => link !== undefined)
      circles.set([...circle].sort().join(), `${[...circle, node].join(' → ')}:\n  ${links.map(describeImport).join('\n  ')}`)
    } else if (!finished.has(node)) {
      for (const target of arrows.get(node)?.keys() ?? []) visit(target, [...path, node])
      finished.add(node)
    }
  }
  for (const node of arrows.keys()) visit(node, [])
  return [...circles.values()]
}

describe('src/', () => {
  it('has only known folders, and no loose file but main.ts', () => {
    expect(ours.filter((file) => positionOf(file).includes(-1))).toEqual([])
  })

  it(`has no folder of more than ${maxFilesPerFolder} files`, () => {
    const sizes = Object.entries(Object.groupBy(ours, dirname)).map(([folder, inside = []]) => ({ folder, size: inside.length }))
    expect(sizes.filter(({ size }) => size > maxFilesPerFolder)).toEqual([])
  })

  it('imports only to the left: layers, features, and places in a feature', () => {
    expect(findImports(goesRight)).toEqual([])
  })

  it('has no circles, neither of files nor of folders', () => {
    expect(findCircles()).toEqual([])
  })

  it('keeps rules pure: they import rules, platform/, and types of commands/ and the generated client', () => {
    const isRule = (file: string) => /^features\/\w+\/rules\//.test(file)
    const isPure = ({ to, typesOnly }: Import) =>
      isRule(to) || to.startsWith('platform/') || (typesOnly && (isGenerated(to) || to.startsWith('commands/')))
    expect(findImports((found) => isRule(found.from) && !isPure(found))).toEqual([])
    const packages = imports.filter(({ from, to }) => isRule(from) && !files.includes(to) && !isGenerated(to))
    expect(packages.filter(({ to }) => !purePackages.includes(to)).map(describeImport)).toEqual([])
  })

  it('keeps posthog/ apart from GraphQL', () => {
    expect(findImports(({ from, to }) => from.startsWith('posthog/') && /^(graphql|features|schema)\//.test(to))).toEqual([])
  })

  it('keeps the executor apart from the service', () => {
    const executor = 'server/executor/'
    const isAllowed = (to: string) => to.startsWith(executor) || to === 'graphql/variables.ts'
    expect(findImports(({ from, to }) => from.startsWith(executor) && !isAllowed(to))).toEqual([])
  })

  it('imports exactly the packages that package.json declares', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }
    const packages = new Set(imports.flatMap(({ to }) => (files.includes(to) || isGenerated(to) || to.startsWith('node:') ? [] : [to])))
    expect([...packages].sort()).toEqual(Object.keys(dependencies).sort())
  })
})
