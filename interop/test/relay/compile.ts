import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { ConcreteRequest, ReaderFragment } from 'relay-runtime'

const require = createRequire(import.meta.url)
/** The path of the compiler's binary for this machine; null if there is none. */
const compiler: string | null = require('relay-compiler')

/** Why Relay's compiler cannot run on this machine. Null if it can. */
export const noCompiler =
  compiler === null ? `relay-compiler has no binary for ${process.platform} ${process.arch}: the tests of Relay are skipped` : null

const run = promisify(execFile)

export interface Artifacts {
  request(name: string): ConcreteRequest
  fragment(name: string): ReaderFragment
  /** Removes the files. */
  remove(): Promise<void>
}

/** Runs relay-compiler on the documents of interop/test/relay/app with our schema, as users do. */
export async function compile(): Promise<Artifacts> {
  const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-relay-'))
  await cp('interop/test/relay/app', join(folder, 'app'), { recursive: true })
  await mkdir(join(folder, 'artifacts'))
  await run(process.execPath, ['src/cli/main.ts', 'schema', 'clients', join(folder, 'schema.graphql')])
  const config = {
    src: './app',
    schema: './schema.graphql',
    language: 'javascript',
    artifactDirectory: './artifacts',
    eagerEsModules: false,
  }
  await writeFile(join(folder, 'relay.config.json'), JSON.stringify(config))
  await run(process.execPath, [resolve('interop/node_modules/relay-compiler/cli.js'), 'relay.config.json'], { cwd: folder })

  const artifact = (name: string) => require(join(folder, 'artifacts', `${name}.graphql.js`))
  return { request: artifact, fragment: artifact, remove: () => rm(folder, { recursive: true }) }
}
