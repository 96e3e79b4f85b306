import { type FormEvent, useState } from 'react'
import { useRead } from '../api/useRead.ts'
import { TryFlagDocument, type TryFlagQueryVariables } from '../generated/graphql.ts'
import { Card } from '../ui/Page.tsx'
import { Show } from '../ui/States.tsx'
import { answer, valueText } from '../ui/words.ts'

/** What was asked, without the flag. */
type Question = Omit<TryFlagQueryVariables, 'project' | 'key'>

/** Asks what the flag answers for a person, and why. Nothing is stored, and no event is sent. */
export function TryFlag({ project, flagKey }: { project: string; flagKey: string }) {
  const [distinctId, setDistinctId] = useState('')
  const [properties, setProperties] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [question, setQuestion] = useState<Question | null>(null)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const personProperties = readObject(properties)
    if (personProperties === null) return setProblem('Write the properties as a JSON object, such as {"email": "ada@example.com"}.')
    setProblem(null)
    setQuestion({ distinctId: distinctId.trim(), ...(personProperties === undefined ? {} : { personProperties }) })
  }

  return (
    <div className="columns">
      <Card title="Somebody asks">
        <form onSubmit={submit} className="form">
          <label htmlFor="distinct-id">Distinct id</label>
          <input
            id="distinct-id"
            className="input"
            value={distinctId}
            maxLength={400}
            placeholder="visitor-1"
            onChange={({ target }) => setDistinctId(target.value)}
          />
          <label htmlFor="properties">Person properties, as JSON</label>
          <textarea
            id="properties"
            className="input"
            rows={4}
            spellCheck={false}
            value={properties}
            placeholder='{"email": "ada@example.com"}'
            aria-describedby={problem === null ? 'properties-help' : 'properties-problem'}
            aria-invalid={problem !== null}
            onChange={({ target }) => setProperties(target.value)}
          />
          {problem === null ? (
            <p id="properties-help" className="faint">
              They win over what is known of the person. Nothing is stored.
            </p>
          ) : (
            <p id="properties-problem" className="field-problem" role="alert">
              {problem}
            </p>
          )}
          <button type="submit" className="button primary" disabled={distinctId.trim() === ''}>
            Ask the flag
          </button>
        </form>
      </Card>
      <Card title="It answers">
        {question === null ? (
          <p className="faint">Give a distinct id, and see what this person gets and why.</p>
        ) : (
          <Answer key={JSON.stringify(question)} variables={{ project, key: flagKey, ...question }} />
        )}
      </Card>
    </div>
  )
}

function Answer({ variables }: { variables: TryFlagQueryVariables }) {
  const read = useRead(TryFlagDocument, variables)
  return (
    <Show read={read} what="the answer" part={(data) => data.featureFlag?.evaluate}>
      {({ enabled, variant, payload, reason, missing, conditions }) => (
        <div role="status">
          <p className="answer">
            <span className={`badge ${enabled ? 'good' : 'plain'}`}>{enabled ? 'On' : 'Off'}</span>
            {variant !== null && <code>{variant}</code>}
            {payload != null && <span className="faint">payload {valueText(payload)}</span>}
          </p>
          <p>{answer(reason)}</p>
          {missing.length > 0 && (
            <p className="note wait">Not known of this person: {missing.join(', ')}. The answer may differ with it.</p>
          )}
          <ol className="conditions">
            {conditions.map(({ index, matched, explanation, properties }) => (
              <li key={index}>
                <div className={`condition ${matched ? 'matched' : ''}`}>
                  <p>
                    <span aria-hidden="true">{matched ? '✓' : '✗'}</span> {explanation}
                  </p>
                  {properties.length > 0 && (
                    <ul>
                      {properties.map((property) => (
                        <li key={property.explanation}>{property.explanation}</li>
                      ))}
                    </ul>
                  )}
                </div>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Show>
  )
}

/** The object in a text; undefined for no text, null for anything else. */
function readObject(text: string): Record<string, unknown> | undefined | null {
  if (text.trim() === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
