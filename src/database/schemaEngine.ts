import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'

const schemaFile = new URL('../../prisma/schema.prisma', import.meta.url)
const enginePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
let started: Promise<void> | undefined

/** What wasm-bindgen's JavaScript exports beside what its types name. */
type Bindings = typeof engine & { __wbg_set_wasm(exports: WebAssembly.Exports): void }

/** The engine as a command line tool would load it needs a binary from elsewhere; its WebAssembly comes with npm. */
async function start(): Promise<void> {
  const wasm = await readFile(join(dirname(enginePath), 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': engine as unknown as WebAssembly.ModuleImports })
  ;(engine as Bindings).__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
}

/** Prisma's own schema engine on the given database. The caller frees it. */
export async function openSchemaEngine(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<engine.SchemaEngine> {
  started ??= start()
  await started
  const datamodels: [string, string][] = [['schema.prisma', await readSchema()]]
  return engine.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(adapter))
}

/** The text of prisma/schema.prisma. */
export function readSchema(): Promise<string> {
  return readFile(schemaFile, 'utf8')
}
