import { type FormEvent, useState } from 'react'
import { createApi } from '../api/client.ts'
import { explainAll } from '../api/explain.ts'
import { options } from '../api/place.ts'
import { signIn } from '../api/session.ts'
import { ViewerDocument, type ViewerQuery } from '../generated/graphql.ts'
import { duration } from '../ui/words.ts'
import { Logo } from './Logo.tsx'

/** What a header can carry. Keys are letters and digits, so that anything else was copied along by mistake. */
const possibleKey = /^[\x21-\x7e]{1,400}$/

/** Asks for an API key, and tries it. */
export function SignIn({ ended }: { ended: string | null }) {
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  async function use(key: string) {
    if (!possibleKey.test(key)) {
      return setProblem('A key has letters, digits and underscores only, such as phx_A1b2C3. Copy it again, without spaces in it.')
    }
    setBusy(true)
    const { data, error } = await createApi(key).query<ViewerQuery>(ViewerDocument.toString(), {}).toPromise()
    setBusy(false)
    if (data?.viewer) return signIn(key)
    const [reason] = explainAll(error)
    if (reason === undefined || reason.title === 'This key is not valid') {
      return setProblem('The service does not know this key. Check that you copied all of it, and that it was not revoked.')
    }
    setProblem(
      `${reason.title}. ${reason.advice}${reason.retryAfter === null ? '' : ` Try again in ${duration(Math.ceil(reason.retryAfter))}.`}`,
    )
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    void use(text.trim())
  }

  return (
    <main className="center">
      <div className="sign-in">
        <Logo />
        <h1>Experiments and feature flags</h1>
        <p className="about">See what runs, what waits for you, and what your flags answer.</p>
        {ended !== null && (
          <p className="note wait" role="status">
            {ended}
          </p>
        )}
        <form onSubmit={submit} noValidate>
          <label htmlFor="key">Personal API key</label>
          <input
            id="key"
            className="input"
            type="password"
            autoComplete="off"
            spellCheck={false}
            placeholder="phx_…"
            value={text}
            aria-describedby={problem === null ? 'key-help' : 'key-problem'}
            aria-invalid={problem !== null}
            onChange={({ target }) => {
              setText(target.value)
              setProblem(null)
            }}
          />
          {problem === null ? (
            <p id="key-help" className="faint">
              It stays in this tab, and is forgotten when you close it.
            </p>
          ) : (
            <p id="key-problem" className="field-problem" role="alert">
              {problem}
            </p>
          )}
          <button type="submit" className="button primary" disabled={busy || text.trim() === ''}>
            {busy ? 'Trying the key…' : 'Sign in'}
          </button>
        </form>
        {options.demoKey != null && (
          <div className="demo">
            <p>
              <strong>Just looking?</strong> This service has a demo project.
            </p>
            <button type="button" className="button" disabled={busy} onClick={() => use(options.demoKey ?? '')}>
              Use the demo key
            </button>
          </div>
        )}
        <p className="faint small">
          No key yet? Somebody who runs the service creates one: <code>npm run keys -- create --help</code>
        </p>
      </div>
    </main>
  )
}
