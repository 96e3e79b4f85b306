// Writes the bill of materials of what the service installs, and a list of the licenses. The exit code is 1 if one is not allowed.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type BillOfMaterials, licenseList, licenseProblems } from './licenses.ts'

const command = 'npm sbom --package-lock-only --omit=dev --omit=optional --sbom-type=application --sbom-format=cyclonedx'
const bill = JSON.parse(execFileSync(command, { shell: true, encoding: 'utf8' })) as BillOfMaterials
mkdirSync('reports', { recursive: true })
writeFileSync('reports/sbom.cdx.json', `${JSON.stringify(bill, null, 2)}\n`)
writeFileSync('reports/licenses.md', licenseList(bill))

const problems = licenseProblems(bill)
for (const problem of problems) console.error('check:licenses:', problem)
if (problems.length > 0) process.exitCode = 1
else console.log(`${bill.components.length} packages have allowed licenses: see reports/licenses.md and reports/sbom.cdx.json.`)
