import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'

const enginePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
let started: Promise<void> | undefined

/** The engine's exports, with one that its types leave out. */
type Bindings = typeof engine & { __wbg_set_wasm(exports: WebAssembly.Exports): void }

/** Starts the engine as WebAssembly, which comes from npm. Prisma's command line would download a binary. */
async function start(): Promise<void> {
  const wasm = await readFile(join(dirname(enginePath), 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': engine as unknown as WebAssembly.ModuleImports })
  ;(engine as Bindings).__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
}

/** Opens Prisma's schema engine on a database. Call `free()` on it when you are done. */
export async function openSchemaEngine(adapter: SqlMigrationAwareDriverAdapterFactory, schema: string): Promise<engine.SchemaEngine> {
  started ??= start()
  await started
  return engine.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, bindMigrationAwareSqlAdapterFactory(adapter))
}
