import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Shell } from '../../src/cli/terminal/completionScript.ts'
import { compileCache } from '../support/program.ts'

// Each shell itself completes a line, with the script that the program prints.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const run = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-completion-'))
afterAll(() => rm(folder, { recursive: true }))
const { PATH = '' } = process.env
const env = { PATH, TERM: 'dumb', COLUMNS: '300', HOME: folder, ZDOTDIR: folder, NODE_COMPILE_CACHE: compileCache }

/** Runs a program in the folder of the test. Returns the lines that it prints. */
async function linesOf(file: string, ...args: string[]): Promise<string[]> {
  const running = run(file, args, { cwd: folder, env })
  running.child.stdin?.end()
  return (await running).stdout.split('\n').map((line) => line.trim())
}

/** What zsh lists is only on its terminal. So a second zsh gives it one, presses keys, and reads along. */
const zshrc = `
autoload -Uz compinit; compinit -u -D
source ${folder}/script.zsh
zstyle ':completion:*' verbose no
LISTMAX=0
show() { zle list-choices; zle -R; print -r -- '<shown>' }
zle -N show; bindkey '^X' show
print '<ready>'`
const zshTerminal = `
zmodload zsh/zpty
zpty shell zsh -d -i
zpty -r shell text '*<ready>*'
zpty -w -n shell "$1"$'\\x18'
zpty -r shell text '*<shown>*'
print -r -- "$text"`

/** How each shell is asked what may follow the words of a line. */
const offers: Record<Shell, (line: string) => Promise<string[]>> = {
  bash: async (line) => {
    const reply = `source script.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _experiments_graph; printf '%s\\n' "\${COMPREPLY[@]}"`
    return linesOf('bash', '-c', reply, 'bash', ...line.split(' '))
  },
  zsh: async (line) => {
    const lines = await linesOf('zsh', '-f', 'terminal.zsh', line)
    return lines.filter((each) => !each.includes(line.trim())).flatMap((each) => each.split(/\s+/))
  },
  fish: async (line) => {
    const lines = await linesOf('fish', '--no-config', '-c', 'source script.fish; complete -C $argv[1]', line)
    return lines.map((each) => each.split('\t')[0] ?? '')
  },
}

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  const installed = spawnSync(shell, ['-c', 'true']).status === 0
  const offered = async (line: string) => (await offers[shell](`experiments-graph ${line}`)).filter((word) => word !== '').sort()
  // Bash adds files by itself, where there is nothing else to offer.
  const files = shell === 'bash' ? [] : ['flags.json']

  beforeAll(async () => {
    const { stdout } = await run(process.execPath, ['cli.mjs', 'completion', shell], { env })
    await writeFile(join(folder, `script.${shell}`), stdout)
    await writeFile(join(folder, '.zshrc'), zshrc)
    await writeFile(join(folder, 'terminal.zsh'), zshTerminal)
    await writeFile(join(folder, 'flags.json'), '[]')
  })

  it('offers commands, options and files where each belongs', async ({ skip }) => {
    if (!installed) skip(`${shell} is not installed here.`)
    expect(await offered('do')).toEqual(['doctor'])
    expect(await offered('keys cr')).toEqual(['create'])
    expect((await offered('keys ')).filter((word) => word !== '--help')).toEqual(['create', 'list', 'revoke'])
    expect(await offered('keys create --create-u')).toEqual(['--create-user'])
    expect(await offered('keys create --user me@example.com --create-u')).toEqual(['--create-user'])
    expect(await offered('schema diff --')).toEqual(['--help', '--json', '--key'])
    expect((await offered('completion ')).filter((word) => word !== '--help')).toEqual(['bash', 'fish', 'zsh'])
    expect(await offered('import fla')).toEqual(files)
    expect(await offered('keys fla')).toEqual([])
  })
})
