import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PGlite } from '@electric-sql/pglite'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'
import { PrismaPGlite } from 'pglite-prisma-adapter'

// Prisma's schema engine as WebAssembly: the command line's own is a binary that is not on npm. The service does not need it.

const enginePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
let started: Promise<void> | undefined

/** What wasm-bindgen's JavaScript exports beside what its types name. */
type Bindings = typeof engine & { __wbg_set_wasm(exports: WebAssembly.Exports): void }

async function start(): Promise<void> {
  const wasm = await readFile(join(dirname(enginePath), 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': engine as unknown as WebAssembly.ModuleImports })
  ;(engine as Bindings).__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
}

const readSchema = () => readFile(new URL('../prisma/schema.prisma', import.meta.url), 'utf8')

/** Prisma's schema engine on an embedded database. The caller frees it. */
export async function openSchemaEngine(pglite: PGlite): Promise<engine.SchemaEngine> {
  started ??= start()
  await started
  const datamodels: [string, string][] = [['schema.prisma', await readSchema()]]
  return engine.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(pglite)))
}

/**
 * The SQL that brings a database to what prisma/schema.prisma says: on a migrated one, the draft of the next migration.
 * It is empty if they agree.
 */
export async function schemaDiff(pglite: PGlite): Promise<string> {
  const files = [{ path: 'schema.prisma', content: await readSchema() }]
  const schemaEngine = await openSchemaEngine(pglite)
  try {
    const { stdout } = await schemaEngine.diff({
      from: { tag: 'schemaDatasource', files, configDir: fileURLToPath(new URL('../prisma', import.meta.url)) },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return (stdout ?? '').replaceAll(/^-- This is an empty migration\.\s*/gm, '').trim()
  } finally {
    schemaEngine.free()
  }
}
