import { OperatorError } from '../../platform/operatorError.ts'

const maxLength = 1_000

/**
 * Asks for a secret on the terminal, without showing what is typed.
 *
 * @throws OperatorError if there is no terminal, or it was left with Ctrl-C.
 */
export async function readSecret(question: string, missing: string): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY || stdin.setRawMode === undefined) throw new OperatorError(missing)
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.resume()
  try {
    let text = ''
    for await (const chunk of stdin) {
      for (const character of String(chunk)) {
        if (character === '\r' || character === '\n') return text
        if (character === '\u0003' || character === '\u0004') throw new OperatorError('Nothing was done.')
        if (character === '\u007f' || character === '\b') text = text.slice(0, -1)
        else if (text.length < maxLength) text += character
      }
    }
    return text
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}
