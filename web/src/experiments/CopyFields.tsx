import { Choice } from '../ui/Choice.tsx'

export interface CopyValues {
  name: string
  flagKey: string
  /** The number of the other project. */
  target: string
}

/** What the copy of an experiment is called, which flag it gets, and where it goes. */
export function CopyFields({
  values,
  onChange,
  targets,
  name,
}: {
  values: CopyValues
  onChange: (values: CopyValues) => void
  /** The projects to choose from; null for a copy in the same project. */
  targets: readonly { id: string; name: string }[] | null
  /** The name of the original. */
  name: string
}) {
  if (targets?.length === 0) return <p className="note wait">Your key sees no other project. Use a key that sees the one to copy to.</p>
  return (
    <>
      {targets && (
        <Choice label="To the project" value={values.target} options={targets} onChange={(target) => onChange({ ...values, target })} />
      )}
      <label className="field">
        Name
        <input
          className="input"
          maxLength={400}
          placeholder={`${name} (Copy)`}
          value={values.name}
          onChange={({ target }) => onChange({ ...values, name: target.value })}
        />
      </label>
      <label className="field">
        Key of its flag
        <input
          className="input"
          maxLength={400}
          spellCheck={false}
          autoComplete="off"
          placeholder={targets ? 'The same key' : 'The same flag'}
          value={values.flagKey}
          onChange={({ target }) => onChange({ ...values, flagKey: target.value })}
        />
      </label>
    </>
  )
}
