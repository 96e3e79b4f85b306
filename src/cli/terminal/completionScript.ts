export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** What may be typed. */
export interface Word {
  text: string
  description: string
}

/** The words that may follow the names of a command. */
export interface Place {
  path: readonly string[]
  words: readonly Word[]
  /** Whether a file may be named here: neither a command nor one of a few words can follow. */
  takesFiles: boolean
}

const program = 'experiments-graph'
const name = 'experiments_graph'

/** A script that completes the program's commands and options, and files where they may be named. */
export function completionScript(shell: Shell, places: readonly Place[]): string {
  return { bash, zsh, fish }[shell](places)
}

/** Lines of a `case` that go from a command to one below it. */
const steps = (places: readonly Place[]) => places.flatMap(({ path }) => (path.length === 0 ? [] : [`'${path.join(' ')}'`])).join(' | ')

function bash(places: readonly Place[]): string {
  return `_${name}() {
  local at='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in
      ${steps(places)}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${places.map(({ path, words }) => `    '${path.join(' ')}') words='${words.map(({ text }) => text).join(' ')}' ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${name} ${program}`
}

function zsh(places: readonly Place[]): string {
  const choices = ({ path, words, takesFiles }: Place) => {
    const list = words.map(({ text, description }) => quoted(`${text}:${description.replaceAll(':', '\\:')}`)).join(' ')
    return `    '${path.join(' ')}') choices=(${list})${takesFiles ? ' files=1' : ''} ;;`
  }
  return `#compdef ${program}
_${name}() {
  local at='' files='' word
  local -a choices
  for word in \${words[2,CURRENT-1]}; do
    case "\${at:+$at }$word" in
      ${steps(places).replaceAll(' | ', '|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${places.map(choices).join('\n')}
  esac
  _describe 'command' choices
  [[ -n $files ]] && _files
}
compdef _${name} ${program}`
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words, takesFiles }) => {
    const here = `complete -c ${program} -n 'test (__${name}_at) = "${path.join(' ')}"'`
    const choices = words.map(({ text, description }) => {
      const word = text.startsWith('--') ? `-l ${text.slice(2)}` : `-a ${text}`
      return `${here} ${word} -d ${quotedForFish(description)}`
    })
    return takesFiles ? [...choices, `${here} -F`] : choices
  })
  return `function __${name}_at
  set -l at
  for word in (commandline -opc)[2..-1]
    switch (string join ' ' -- $at $word)
      case ${steps(places).replaceAll(' | ', ' ')}
        set -a at $word
    end
  end
  echo "$at"
end
complete -c ${program} -f
${lines.join('\n')}`
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
const quotedForFish = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
