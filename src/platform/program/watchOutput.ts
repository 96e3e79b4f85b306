import { errorMessage, explainSystemError } from '../operatorError.ts'

/** Says when what a program prints is lost. A reader that wants no more, such as `head`, loses nothing. */
export function watchOutput(report: (message: string) => void): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') report(`The output is lost: ${explainSystemError(error, 'Standard output') ?? errorMessage(error)}`)
  })
}
