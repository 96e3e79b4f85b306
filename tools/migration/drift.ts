import { migratedDatabase } from './migratedDatabase.ts'
import { openSchemaEngine } from './schemaEngine.ts'

/** Returns the SQL that changes a database with all migrations to this Prisma schema. Empty if there is no difference. */
export async function driftFrom(schema: string): Promise<string> {
  const { adapter, close } = await migratedDatabase()
  const noShadow = () => Promise.reject(new Error('no shadow database is used'))
  const engine = await openSchemaEngine(Object.assign(adapter, { connectToShadowDb: noShadow }), schema)
  const files = [{ path: 'schema.prisma', content: schema }]
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return (stdout ?? '').replaceAll(/^-- This is an empty migration\.\s*/gm, '').trim()
  } finally {
    engine.free()
    await close()
  }
}
