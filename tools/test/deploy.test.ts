import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dockerfileProblems } from '../deploy/dockerfile.ts'
import { buildImage, runInImage } from '../deploy/image.ts'
import { manifestProblems, parseManifests } from '../deploy/manifests.ts'

// The checks of the deployment can fail.

const folder = mkdtempSync(join(tmpdir(), 'experiments-graph-deploy-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The text of a file, with a change. */
function changed(file: string, from: string | RegExp, to: string): string {
  const text = readFileSync(file, 'utf8')
  const result = text.replace(from, to)
  expect(result).not.toBe(text)
  return result
}

describe('the rules for the Dockerfile', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

  it.each([
    ['an instruction that is none', 'EXPOSE 4000', 'EXPOSES 4000', /Unknown instruction/],
    ['another Node than that of the tests', /FROM node:\S+ AS/, 'FROM node:24 AS', /the image must be node:/],
    ['root', /USER 1000:1000(?=\nEXPOSE)/, 'USER 0:0', /who is not root/],
    ['a user by name, which Kubernetes cannot tell from root', /USER 1000:1000(?=\nEXPOSE)/, 'USER node', /who is not root/],
    ['a shell between the signals and the server', /CMD \["node", "--expose.*/, 'CMD npm start', /signals reach the server/],
    ['other options than `npm start`', '"--expose-gc", ', '', /the command of `npm start`/],
    ['a compile cache for other options', 'RUN node --expose-gc', 'RUN node', /the command of `npm run compile`/],
    ['a health check that needs a shell', /CMD \["node", "--eval".*/, 'CMD curl localhost', /HEALTHCHECK must be/],
  ])('do not let %s pass', (_what, from, to, problem) => {
    expect(dockerfileProblems(changed('Dockerfile', from, to), manifest)).toContainEqual(expect.stringMatching(problem))
  })
})

describe('the rules for the manifests', () => {
  const all = ['autoscaler', 'deployment', 'disruption-budget', 'migrate', 'network-policy', 'secret.example', 'service']
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

  it.each([
    ['a field that does not exist', 'deployment', 'readinessProbe', 'readinesProbe', /readinesProbe/],
    ['a value of the wrong type', 'deployment', 'periodSeconds: 2', 'periodSeconds: often', /periodSeconds/],
    ['a kind that does not exist', 'service', 'kind: Service', 'kind: Servise', /knows no Servise/],
    ['another version', 'migrate', /(image: .+):.*/, '$1:0.0.9', /one image of version/],
    [
      'a selector that no pod matches',
      'service',
      '  selector:\n    app.kubernetes.io/name: experiments-graph',
      '  selector:\n    app: other',
      /no pod/,
    ],
    ['an autoscaler of nothing', 'autoscaler', /(kind: Deployment\n +name: )\S+/, '$1other', /there is no Deployment other/],
    ['a secret that nobody describes', 'deployment', /(secretRef:\n +name: )\S+/, '$1other', /the Secret other/],
  ])('do not let %s pass', (_what, name, from, to, problem) => {
    const files = all.map((one) => {
      const file = `deploy/kubernetes/${one}.yaml`
      return { file, text: one === name ? changed(file, from, to) : readFileSync(file, 'utf8') }
    })
    expect(manifestProblems(parseManifests(files), version)).toContainEqual(expect.stringMatching(problem))
  })
})

describe('a Dockerfile without a container engine', () => {
  function build(dockerfile: string, ignored = '') {
    const context = mkdtempSync(join(folder, 'context-'))
    writeFileSync(join(context, 'Dockerfile'), dockerfile)
    writeFileSync(join(context, '.dockerignore'), ignored)
    writeFileSync(join(context, 'a.txt'), 'a')
    return buildImage(context, mkdtempSync(join(folder, 'image-')))
  }

  it('has the files that its steps make, in stages', () => {
    const image = build(`FROM node:24 AS build
WORKDIR /app
COPY a.txt ./
ENV SUFFIX=b
RUN cp a.txt a$SUFFIX.txt
FROM node:24
WORKDIR /srv
COPY --from=build --chown=1000:1000 /app ./data
CMD ["cat", "data/ab.txt"]`)
    expect(readFileSync(join(image.root, 'srv/data/ab.txt'), 'utf8')).toBe('a')
    expect(() => runInImage(image, image.command)).not.toThrow()
  })

  it.each([
    ['a file that is not there', 'COPY b.txt ./', '', /line 2: COPY b.txt: there is no such file/],
    ['a file that .dockerignore leaves out', 'COPY a.txt ./', '*', /line 2: COPY a.txt: .+ \.dockerignore/],
    ['a stage that is not there', 'COPY --from=other /a ./', '', /no stage 'other'/],
    ['a command that fails', 'RUN exit 3', '', /line 2: \/bin\/sh -c exit 3 failed/],
    ['a step that it does not know', 'VOLUME /data', '', /does not know VOLUME/],
  ])('fails with %s', (_what, step, ignored, problem) => {
    expect(() => build(`FROM node:24\n${step}`, ignored)).toThrow(problem)
  })
})
