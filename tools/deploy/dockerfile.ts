import { DockerfileParser, type From } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'

/** What package.json says about the image. */
export interface Manifest {
  scripts: Record<string, string>
  optionalDependencies: Record<string, string>
}

/**
 * What is wrong with a Dockerfile: what a linter finds, and where it differs from package.json. The image must run the Node and the command of
 * `npm start`, and fill the compile cache with the command of `npm run compile`.
 */
export function dockerfileProblems(text: string, { scripts, optionalDependencies }: Manifest): string[] {
  const problems = validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`)
  const instructions = DockerfileParser.parse(text).getInstructions()
  const stages = instructions.filter((instruction) => instruction.getKeyword() === 'FROM') as From[]
  const names = new Set(stages.map((stage) => stage.getBuildStage()))
  for (const stage of stages) {
    const image = stage.getImage() ?? ''
    if (!names.has(image) && !image.startsWith(`node:${optionalDependencies.node}-`)) {
      problems.push(
        `FROM ${image}: the tests run on Node ${optionalDependencies.node}, so the image must be node:${optionalDependencies.node}-….`,
      )
    }
  }

  const lastStage = instructions.slice(instructions.lastIndexOf(stages.at(-1) as From))
  const last = (keyword: string) => lastStage.findLast((instruction) => instruction.getKeyword() === keyword)?.getArgumentsContent() ?? ''
  const withoutLauncher = (script: string) => (scripts[script] ?? '').replace(/^exec /, '').replace(' run.mjs', '')
  if (!/^[1-9]\d*:[1-9]\d*$/.test(last('USER')))
    problems.push('USER must be the number of a user who is not root, and of a group: 1000:1000.')
  if (!/\bCMD\s+\[/.test(last('HEALTHCHECK'))) problems.push('HEALTHCHECK must be a list of words, because the image needs no shell.')
  if (last('CMD') !== JSON.stringify(withoutLauncher('start').split(' ')).replaceAll(',', ', ')) {
    problems.push('CMD must be the command of `npm start` as a list of words, so that signals reach the server.')
  }
  if (!instructions.some((instruction) => instruction.toString() === `RUN ${withoutLauncher('compile')}`)) {
    problems.push('A RUN must be the command of `npm run compile`, so that the compile cache fits.')
  }
  return problems
}
