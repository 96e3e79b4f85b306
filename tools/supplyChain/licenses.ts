/** What the checks read of a bill of materials in the format CycloneDX. */
export interface BillOfMaterials {
  components: { name: string; version: string; licenses?: ({ license: { id?: string; name?: string } } | { expression: string })[] }[]
}

/** Licenses that ask for no more than their text beside the copy. */
const allowed = new Set(['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'Unlicense'])

/** Packages with another license, and why they may stay. */
const exceptions: Record<string, { license: string; reason: string }> = {
  '@apollo/federation-internals': {
    license: 'Elastic-2.0',
    reason:
      'It comes with `@apollo/subgraph`. The license forbids to offer the package itself to others as a hosted service. docs/dependencies.md says more.',
  },
}

/** The packages whose license nobody allowed, and exceptions that are no longer needed. */
export function licenseProblems(bill: BillOfMaterials): string[] {
  const packages = rows(bill)
  const isException = ({ name, license }: Row) => exceptions[name]?.license === license
  const forbidden = packages.filter((row) => !allowed.has(row.license) && !isException(row))
  const unused = Object.keys(exceptions).filter((name) => !packages.some((row) => row.name === name && isException(row)))
  return [
    ...forbidden.map(({ name, version, license }) => `${name} ${version} has the license ${license}. Allow it, or use another package.`),
    ...unused.map((name) => `The exception for ${name} is not needed.`),
  ]
}

/** A table of the packages, in Markdown. */
export function licenseList(bill: BillOfMaterials): string {
  const lines = rows(bill).map(({ name, version, license }) => {
    const reason = exceptions[name]?.reason ?? ''
    return `| ${name} | ${version} | ${license} | ${reason} |`
  })
  return `# Licenses\n\n| package | version | license | remark |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`
}

interface Row {
  name: string
  version: string
  license: string
}

function rows({ components }: BillOfMaterials): Row[] {
  return components
    .map(({ name, version, licenses = [] }) => {
      const names = licenses.map((entry) => ('expression' in entry ? entry.expression : (entry.license.id ?? entry.license.name)))
      return { name, version, license: names.length === 0 ? 'none' : names.join(' and ') }
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
}
