// Checks the Dockerfile and the Kubernetes manifests. Then it follows the Dockerfile in a temporary folder, migrates a database with the command
// of the Job, starts the server without write access, waits until it is healthy and ready, and stops it.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dockerfileProblems } from './dockerfile.ts'
import { buildImage, type Image, imageEnvironment, runInImage } from './image.ts'
import { type KubernetesObject, manifestProblems, parseManifests } from './manifests.ts'

const read = (file: string) => readFileSync(file, 'utf8')

try {
  const manifest = JSON.parse(read('package.json'))
  const objects = parseManifests(globSync('deploy/kubernetes/*.yaml').map((file) => ({ file, text: read(file) })))
  const problems = [...dockerfileProblems(read('Dockerfile'), manifest), ...manifestProblems(objects, manifest.version)]
  if (problems.length > 0) throw new Error(problems.join('\n'))
  console.log(`The Dockerfile and ${objects.length} manifests: no problems.`)
  await tryImage(objects)
} catch (error) {
  console.error('check:deploy:', (error as Error).message)
  process.exitCode = 1
}

async function tryImage(objects: KubernetesObject[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'experiments-graph-image-'))
  chmodSync(folder, 0o755)
  try {
    const image = buildImage('.', folder)
    console.log('The Dockerfile: every step succeeds.')
    // As in a container with a read-only file system: the only folder to write to is that of the database, as a volume.
    spawnSync('chmod', ['-R', 'a-w', image.root])
    const data = join(folder, 'data')
    mkdirSync(data)
    if (image.user !== null) chownSync(data, image.user.uid, image.user.gid)
    const settings = { DATA_DIR: join(data, 'database'), DEMO_DATA: 'false', PORT: String(await freePort()) }

    const [migrate] = objects.flatMap(({ kind, spec }) => (kind === 'Job' ? (spec?.template?.spec.containers ?? []) : []))
    runInImage(image, migrate?.args ?? [], settings)
    console.log('The Job of the manifests: migrates.')
    await tryServer(image, settings)
    console.log('The server: becomes healthy and ready, and ends with code 0 on SIGTERM.')
  } finally {
    spawnSync('chmod', ['-R', 'u+w', folder])
    rmSync(folder, { recursive: true })
  }
}

async function tryServer(image: Image, settings: Record<string, string>): Promise<void> {
  const [program = '', ...args] = image.command
  const environment = { ...imageEnvironment(image), ...settings }
  const server = spawn(program, args, { cwd: join(image.root, image.workdir), env: environment, ...image.user })
  const limit = setTimeout(() => server.kill('SIGKILL'), 90_000)
  const exit = once(server, 'exit')
  let output = ''
  server.stderr.on('data', (chunk) => (output += chunk))
  try {
    for await (const chunk of server.stdout) {
      output += chunk
      if (output.includes('GraphQL answers at')) break
    }
    if (!output.includes('GraphQL answers at')) throw new Error('the server did not start.')
    runInImage(image, image.healthcheck, settings)
    await becomeReady(`http://127.0.0.1:${settings.PORT}/ready`)
    server.kill('SIGTERM')
    const [code, signal] = await exit
    if (code !== 0) throw new Error(`the server ended with code ${code} (${signal}) on SIGTERM.`)
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${output}`)
  } finally {
    clearTimeout(limit)
    server.kill('SIGKILL')
  }
}

/** Probes as an orchestrator does: on a busy machine, the first statement of a database that was just made can take longer than a probe waits. */
async function becomeReady(url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { ok, status } = await fetch(url)
    if (ok) return
    if (attempt === 10) throw new Error(`/ready answers ${status}.`)
    await sleep(1_000)
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
