import { useEffect, useRef } from 'react'
import { kindOf, kinds } from './kinds.ts'
import { Description, TypeLink, TypeText } from './links.tsx'
import type { MapField, MapType, SchemaMap } from './schemaMap.ts'

/** All that the schema says of a type, in words. */
export function TypePanel({ map, type }: { map: SchemaMap; type: MapType }) {
  const { name, description, fields, values, members, interfaces } = type
  const heading = useRef<HTMLHeadingElement>(null)
  const opened = useRef(name)
  useEffect(() => {
    // Screen readers go on with the type that somebody moved to.
    if (opened.current !== name) heading.current?.focus()
    opened.current = name
  }, [name])
  const uses = map.usesOf.get(name) ?? []
  return (
    <article className="type-panel">
      <h2 ref={heading} tabIndex={-1}>
        {name}
      </h2>
      <p>
        <span className="badge plain">{kindOf(map, name).name}</span>{' '}
        {interfaces.length > 0 && (
          <span className="faint">
            implements{' '}
            {interfaces.map((one, index) => (
              <span key={one}>
                {index > 0 && ', '}
                <TypeLink name={one} />
              </span>
            ))}
          </span>
        )}
      </p>
      {description !== '' && (
        <p>
          <Description text={description} />
        </p>
      )}
      {fields.length > 0 && (
        <>
          <h3>Fields</h3>
          <ul className="fields">
            {fields.map((field) => (
              <Field key={field.name} field={field} />
            ))}
          </ul>
        </>
      )}
      {values.length > 0 && (
        <>
          <h3>Values</h3>
          <ul className="fields">
            {values.map((value) => (
              <li key={value.name} id={value.name}>
                <code>{value.name}</code> {value.deprecated !== null && <span className="badge wait">Deprecated</span>}
                <p className="faint">
                  <Description text={value.deprecated ?? value.description} />
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
      {members.length > 0 && (
        <>
          <h3>Is one of</h3>
          <ul className="fields">
            {members.map((member) => (
              <li key={member}>
                <TypeLink name={member} />
              </li>
            ))}
          </ul>
        </>
      )}
      {uses.length > 0 && (
        <>
          <h3>Used by</h3>
          <ul className="fields">
            {uses.map(({ type, field }) => (
              <li key={`${type} ${field}`}>
                <TypeLink name={type} />
                {field !== null && <code>.{field}</code>}
              </li>
            ))}
          </ul>
        </>
      )}
    </article>
  )
}

function Field({ field: { name, type, named, args, description, deprecated } }: { field: MapField }) {
  return (
    <li id={name}>
      <code className="field-name">{name}</code>
      <code>: </code>
      <TypeText type={type} named={named} /> {deprecated !== null && <span className="badge wait">Deprecated</span>}
      <p className="faint">
        <Description text={deprecated ?? description} />
      </p>
      {args.length > 0 && (
        <details>
          <summary className="faint">Arguments: {args.map((arg) => arg.name).join(', ')}</summary>
          <ul className="arguments">
            {args.map((arg) => (
              <li key={arg.name}>
                <code>{arg.name}: </code>
                <TypeText type={arg.type} named={arg.named} />
                <p className="faint">
                  <Description text={arg.description} />
                </p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  )
}

/** All types by their kind, for those who do not know yet what they look for. */
export function AllTypes({ map }: { map: SchemaMap }) {
  const names = [...map.types.keys()]
  return (
    <div className="type-panel">
      {Object.values(kinds).map((kind) => {
        const ofKind = kind === kinds.root ? map.roots : names.filter((name) => kindOf(map, name) === kind)
        if (ofKind.length === 0) return null
        return (
          <details key={kind.id} open={kind === kinds.root || kind === kinds.main}>
            <summary>
              <h2>{kind.many}</h2> <span className="faint">{ofKind.length}</span>
            </summary>
            <ul className="fields">
              {ofKind.map((name) => (
                <li key={name}>
                  <TypeLink name={name} />
                  {(kind === kinds.root || kind === kinds.main) && (
                    <p className="faint">
                      <Description text={firstSentence(map.types.get(name)?.description ?? '')} />
                    </p>
                  )}
                </li>
              ))}
            </ul>
          </details>
        )
      })}
    </div>
  )
}

const firstSentence = (text: string) => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text
