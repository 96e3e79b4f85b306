// Generates the tables of docs/configuration.md from src/platform/settings/settings.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import { withTables } from '../settings/tables.ts'

const page = new URL('../../docs/configuration.md', import.meta.url)
writeFileSync(page, withTables(readFileSync(page, 'utf8')))
