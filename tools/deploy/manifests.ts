import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as apps from 'kubernetes-models/apps/v1'
import * as autoscaling from 'kubernetes-models/autoscaling/v2'
import * as batch from 'kubernetes-models/batch/v1'
import * as networking from 'kubernetes-models/networking.k8s.io/v1'
import * as policy from 'kubernetes-models/policy/v1'
import * as core from 'kubernetes-models/v1'
import { parseAllDocuments } from 'yaml'

/** A Kubernetes object of a file, with the fields that the checks read. */
export interface KubernetesObject {
  file: string
  apiVersion: string
  kind: string
  metadata: { name: string }
  spec?: {
    selector?: Labels & { matchLabels?: Labels }
    scaleTargetRef?: { kind: string; name: string }
    template?: { metadata: { labels: Labels }; spec: PodSpec }
  }
}

type Labels = Record<string, string>

interface PodSpec {
  containers: { image: string; args?: string[]; envFrom?: { secretRef: { name: string } }[] }[]
}

type Model = new (data: object) => { validate(): void }

/** The versions of the interface that the manifests use. */
const models: Record<string, Record<string, unknown>> = {
  v1: core,
  'apps/v1': apps,
  'autoscaling/v2': autoscaling,
  'batch/v1': batch,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
}

/** @throws Error if a file is not YAML. */
export function parseManifests(files: { file: string; text: string }[]): KubernetesObject[] {
  return files.flatMap(({ file, text }) =>
    parseAllDocuments(text).map((document) => {
      if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('\n')}`)
      return { file, ...document.toJS() } as KubernetesObject
    }),
  )
}

/** What is wrong with the objects: against Kubernetes' schemas, unknown fields, and names that do not fit together. */
export function manifestProblems(objects: KubernetesObject[], version: string): string[] {
  const known = objects.filter(({ apiVersion, kind }) => models[apiVersion]?.[kind] !== undefined)
  const unknown = objects.filter((object) => !known.includes(object))
  return [
    ...unknown.map(({ file, apiVersion, kind }) => `${file}: the check knows no ${kind} of ${apiVersion}`),
    ...known.flatMap(schemaProblems),
    ...unknownFields(known),
    ...brokenReferences(objects, version),
  ]
}

function schemaProblems({ file, ...object }: KubernetesObject): string[] {
  const ObjectModel = models[object.apiVersion]?.[object.kind] as Model
  try {
    new ObjectModel(object).validate()
    return []
  } catch (error) {
    return [`${file}: ${(error as Error).message}`]
  }
}

/** The schemas allow fields that they do not know. TypeScript does not, so it reads the objects as a program: one a line. */
function unknownFields(objects: KubernetesObject[]): string[] {
  const lines = objects.map(
    ({ file: _, ...object }) => `${JSON.stringify(object)} satisfies import('kubernetes-models/${object.apiVersion}').I${object.kind}`,
  )
  const folder = new URL('../node_modules/.cache/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const program = new URL('manifests.ts', folder)
  writeFileSync(program, `void [\n${lines.join(',\n')}]\n`)
  const options = '--noEmit --ignoreConfig --strict --skipLibCheck --target esnext --module nodenext'.split(' ')
  const compiler = ['node_modules/typescript/bin/tsc', ...options, '--pretty', 'false', fileURLToPath(program)]
  const { stdout, status } = spawnSync(process.execPath, compiler, { encoding: 'utf8' })
  if (status === 0) return []
  const problems = [...stdout.matchAll(/manifests\.ts\((\d+),\d+\): error \w+: (.+)/g)]
  if (problems.length === 0) throw new Error(`The TypeScript compiler failed: ${stdout}`)
  return problems.map(([, line, message]) => `${objects[Number(line) - 2]?.file}: ${message}`)
}

function brokenReferences(objects: KubernetesObject[], version: string): string[] {
  const named = (kind: string, name: string) => objects.some((object) => object.kind === kind && object.metadata.name === name)
  const podLabels = objects.flatMap(({ spec }) => (spec?.template === undefined ? [] : [spec.template.metadata.labels]))
  const images = new Set(objects.flatMap(({ spec }) => spec?.template?.spec.containers.map(({ image }) => image) ?? []))
  const problems = objects.flatMap(({ file, spec }) => {
    const { template, scaleTargetRef: target } = spec ?? {}
    const secrets = template?.spec.containers.flatMap(({ envFrom = [] }) => envFrom.map(({ secretRef }) => secretRef.name)) ?? []
    const wanted = Object.entries(spec?.selector?.matchLabels ?? spec?.selector ?? {})
    const selectsNone = wanted.length > 0 && !podLabels.some((labels) => wanted.every(([name, value]) => labels[name] === value))
    return [
      ...secrets.filter((name) => !named('Secret', name)).map((name) => `${file}: there is no example of the Secret ${name}`),
      ...(target !== undefined && !named(target.kind, target.name) ? [`${file}: there is no ${target.kind} ${target.name}`] : []),
      ...(selectsNone ? [`${file}: no pod has the labels of the selector`] : []),
    ]
  })
  if (images.size !== 1 || ![...images][0]?.endsWith(`:${version}`)) {
    problems.push(`All pods must run one image of version ${version}. They run ${[...images].join(', ')}.`)
  }
  return problems
}
