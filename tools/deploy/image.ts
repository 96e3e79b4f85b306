import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import dockerignore from '@balena/dockerignore'
import { type Copy, DockerfileParser, type Env, type From, type Instruction } from 'dockerfile-ast'

/** A built image: its files in a folder, and how to run a program of it. */
export interface Image {
  /** The folder that stands for `/`. */
  root: string
  workdir: string
  env: Record<string, string>
  /** Null: the user who builds. Only root can be another user. */
  user: { uid: number; gid: number } | null
  command: string[]
  healthcheck: string[]
}

/**
 * Follows the steps of a Dockerfile without a container engine. Each stage is a folder, `/` of the image is that folder, and the base image
 * is what this machine has, with the Node that runs this. So `RUN` sees the other files of this machine too.
 *
 * @param context the folder with the Dockerfile and .dockerignore
 * @param folder an empty folder to work in
 * @throws Error if a step fails, or is of a kind that nobody needed yet.
 */
export function buildImage(context: string, folder: string): Image {
  const root = join(folder, 'root')
  const stages = new Map<string, Image>()
  let image = emptyImage(root)
  let stageName = ''
  mkdirSync(join(folder, 'bin'))
  copyFileSync(process.execPath, join(folder, 'bin/node'))

  const finishStage = () => {
    const kept = join(folder, `stage-${stages.size}`)
    renameSync(root, kept)
    stages.set(stageName, { ...image, root: kept })
  }
  const steps: Record<string, (instruction: Instruction) => void> = {
    FROM: (instruction) => {
      if (existsSync(root)) finishStage()
      const from = instruction as From
      const base = stages.get(from.getImage() ?? '')
      stageName = from.getBuildStage() ?? ''
      image = base === undefined ? emptyImage(root) : { ...base, root }
      if (base !== undefined) linkFiles(base.root, root)
      mkdirSync(join(root, 'tmp'), { recursive: true })
      chmodSync(join(root, 'tmp'), 0o1777)
    },
    WORKDIR: (instruction) => {
      image.workdir = instruction.getArgumentsContent() ?? '/'
      mkdirSync(join(root, image.workdir), { recursive: true })
    },
    ENV: (instruction) => {
      const values = (instruction as Env).getProperties().map((property) => [property.getName(), property.getValue() ?? ''] as const)
      image.env = { ...image.env, ...Object.fromEntries(values) }
    },
    USER: (instruction) => {
      const [uid = 0, gid = 0] = (instruction.getArgumentsContent() ?? '').split(':').map(Number)
      image.user = process.getuid?.() === 0 ? { uid, gid } : null
    },
    COPY: (instruction) => copy(instruction as Copy, image, context, stages),
    RUN: (instruction) => runInImage(image, ['/bin/sh', '-c', instruction.getArgumentsContent() ?? ''], buildEnvironment()),
    EXPOSE: () => {},
    HEALTHCHECK: (instruction) => {
      image.healthcheck = JSON.parse(instruction.getArgumentsContent()?.replace(/^[\s\S]*?CMD\s+/, '') ?? '')
    },
    CMD: (instruction) => {
      image.command = JSON.parse(instruction.getArgumentsContent() ?? '')
    },
  }

  const dockerfile = DockerfileParser.parse(readFileSync(join(context, 'Dockerfile'), 'utf8'))
  for (const instruction of dockerfile.getInstructions()) {
    const line = instruction.getRange().start.line + 1
    const step = steps[instruction.getKeyword()]
    if (step === undefined) throw new Error(`Dockerfile, line ${line}: the check does not know ${instruction.getKeyword()}.`)
    try {
      step(instruction)
    } catch (error) {
      throw new Error(`Dockerfile, line ${line}: ${(error as Error).message}`)
    }
  }
  return image
}

/** The environment of a program in the image. Paths in it lead into the folder of the image. */
export function imageEnvironment({ root, env }: Image): Record<string, string> {
  const inside = Object.entries(env).map(([name, value]) => [name, value.startsWith('/') ? join(root, value) : value])
  return { PATH: `${join(root, '../bin')}:${process.env.PATH}`, ...Object.fromEntries(inside) }
}

/** Runs a program in the image until it ends. @throws Error if it fails. */
export function runInImage(image: Image, [program = '', ...args]: string[], more: Record<string, string> = {}): void {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: join(image.root, image.workdir),
    env: { ...imageEnvironment(image), ...more },
    encoding: 'utf8',
    ...image.user,
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed.\n${stdout ?? ''}${stderr ?? ''}`)
}

function emptyImage(root: string): Image {
  return { root, workdir: '/', env: {}, user: null, command: [], healthcheck: [] }
}

/** What npm needs to find the registry and its cache, without what `npm run` tells about this project. */
function buildEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) =>
    /^(HOME|NODE_EXTRA_CA_CERTS|npm_config_registry|https?_proxy|no_proxy)$/i.test(name),
  )
  return { npm_config_prefer_offline: 'true', ...(Object.fromEntries(own) as Record<string, string>) }
}

function copy(instruction: Copy, image: Image, context: string, stages: Map<string, Image>): void {
  const paths = instruction.getArguments().map((argument) => argument.getValue())
  const target = paths.pop() ?? ''
  const to = join(image.root, target.startsWith('/') ? '' : image.workdir, target)
  const flag = (name: string) =>
    instruction
      .getFlags()
      .find((one) => one.getName() === name)
      ?.getValue()
  const stageName = flag('from')
  const from = stageName == null ? context : stages.get(stageName)?.root
  if (from === undefined) throw new Error(`there is no stage '${stageName}'.`)
  const excluded = stageName == null ? excludedFiles(context) : () => false

  for (const path of paths) {
    const source = join(from, path)
    if (!existsSync(source) || excluded(source)) throw new Error(`COPY ${path}: there is no such file, or .dockerignore leaves it out.`)
    const isFile = !statSync(source).isDirectory()
    const intoFolder = isFile && (target.endsWith('/') || (existsSync(to) && statSync(to).isDirectory()))
    const goal = intoFolder ? join(to, basename(path)) : to
    if (stageName == null) cpSync(source, goal, { recursive: true, filter: (file) => !excluded(file) })
    else linkFiles(source, goal)
  }
  const owner = flag('chown')
  if (owner != null && process.getuid?.() === 0) {
    const [uid = 0, gid = 0] = owner.split(':').map(Number)
    for (const file of ['', ...readdirSync(to, { recursive: true, encoding: 'utf8' })]) lchownSync(join(to, file), uid, gid)
  }
}

/** Copies the files of a stage, as links: an image has thousands of them, and later stages do not change them in place. */
function linkFiles(source: string, goal: string): void {
  mkdirSync(dirname(goal), { recursive: true })
  const { status, stderr } = spawnSync('cp', ['-R', '-p', '-l', '-T', source, goal], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

/** Whether .dockerignore leaves a file of the context out. A folder is left out if no file in it can be wanted. */
function excludedFiles(context: string): (file: string) => boolean {
  const ignored = dockerignore
    .default()
    .add(readFileSync(join(context, '.dockerignore'), 'utf8'))
    .createFilter()
  return (file) => {
    const path = relative(context, file)
    return path !== '' && !statSync(file).isDirectory() && !ignored(path)
  }
}
