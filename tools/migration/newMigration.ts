// Creates a migration: npm run migration -- add_teams. It contains the changes of prisma/schema.prisma that no migration has yet. You write
// the rest by hand.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { driftFrom } from './drift.ts'

const [name = '', ...more] = process.argv.slice(2)
if (!/^[a-z][a-z0-9_]*$/.test(name) || more.length > 0) {
  console.error('Name the migration, in lower case: npm run migration -- add_teams')
  process.exit(1)
}
const drift = await driftFrom(readFileSync('prisma/schema.prisma', 'utf8'))
const time = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
const folder = `prisma/migrations/${time}_${name}`
mkdirSync(folder)
writeFileSync(`${folder}/migration.sql`, drift === '' ? '-- prisma/schema.prisma has no changes.\n' : `${drift}\n`)
console.log(`${folder}/migration.sql`)
