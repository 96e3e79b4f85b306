// Asks the registry for known vulnerabilities of what the service installs. Some registries cannot answer: that is said, and is no failure.
import { spawnSync } from 'node:child_process'
import { auditVerdict } from './audit.ts'

const command = 'npm audit --omit=dev --omit=optional'
const { stdout } = spawnSync(`${command} --json`, { shell: true, encoding: 'utf8' })
const verdict = auditVerdict(stdout)
if (verdict === 'unsupported') console.log('npm audit: not supported by this registry. Nothing was checked.')
else {
  // The same again, for people.
  spawnSync(command, { shell: true, stdio: 'inherit' })
  if (verdict !== 'clean') {
    console.error(
      verdict === 'findings' ? 'check:audit: there are vulnerabilities of severity high.' : `check:audit: npm audit failed. ${stdout}`,
    )
    process.exitCode = 1
  }
}
