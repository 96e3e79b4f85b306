import '../styles/map.css'
import { type FormEvent, useEffect, useMemo, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { Provider } from 'urql'
import { createApi } from '../api/client.ts'
import { endpoint } from '../api/place.ts'
import { useRead } from '../api/useRead.ts'
import { SchemaDocument } from '../generated/graphql.ts'
import { Logo } from '../shell/Logo.tsx'
import { mapAddress, typeAddress } from '../shell/mapAddress.ts'
import { Empty, Show } from '../ui/States.tsx'
import { count } from '../ui/words.ts'
import { drawOverview, drawType } from './drawing.ts'
import { TypeLink } from './links.tsx'
import { SchemaPicture } from './SchemaPicture.tsx'
import { type SchemaMap, search, toSchemaMap } from './schemaMap.ts'
import { AllTypes, TypePanel } from './TypePanel.tsx'

/** The schema needs no key. */
const api = createApi(null)

/** A map of the schema: all main types, or one type with all that it leads to. */
export function MapPage() {
  return (
    <Provider value={api}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top map-top">
        <div className="top-row">
          <Link to="/" className="home" aria-label="All projects">
            <Logo />
          </Link>
          <h1 className="map-title">Map of the schema</h1>
          <a className="map-graphiql" href={endpoint}>
            GraphiQL
          </a>
        </div>
      </header>
      <main id="main" className="map" tabIndex={-1}>
        <LoadedMap />
      </main>
    </Provider>
  )
}

function LoadedMap() {
  const read = useRead(SchemaDocument, {})
  return (
    <Show read={read} what="the schema" part={(data) => data.__schema}>
      {(schema) => <SchemaView schema={schema} />}
    </Show>
  )
}

function SchemaView({ schema }: { schema: Parameters<typeof toSchemaMap>[0] }) {
  const map = useMemo(() => toSchemaMap(schema), [schema])
  const [params] = useSearchParams()
  const name = params.get('type')
  const type = name === null ? undefined : map.types.get(name)
  const middle = type?.name ?? null
  const drawing = useMemo(() => (middle === null ? drawOverview(map) : drawType(map, middle)), [map, middle])
  useEffect(() => {
    document.title = `${middle ?? 'Map of the schema'} · Experiments and feature flags`
  }, [middle])
  return (
    <div className="map-columns">
      <div className="map-words">
        <Search map={map} />
        {middle !== null && (
          <Link className="back" to={mapAddress}>
            ← All types
          </Link>
        )}
        {name !== null && type === undefined && <Empty title={`There is no type ${name}`}>Search for a part of its name.</Empty>}
        {type === undefined ? <AllTypes map={map} /> : <TypePanel map={map} type={type} />}
      </div>
      <div className="map-picture">
        <SchemaPicture key={middle} map={map} drawing={drawing} middle={middle} />
      </div>
    </div>
  )
}

/** Finds types and fields as somebody types. Enter opens the first. */
function Search({ map }: { map: SchemaMap }) {
  const [text, setText] = useState('')
  const navigate = useNavigate()
  const [params] = useSearchParams()
  const shown = params.get('type')
  useEffect(() => {
    // What was looked for is found.
    if (shown !== null) setText('')
  }, [shown])
  const { found, more } = useMemo(() => search(map, text), [map, text])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const [first] = found
    if (first !== undefined) navigate(typeAddress(first.type))
  }
  return (
    <search>
      <form onSubmit={submit}>
        <label className="field" htmlFor="map-search">
          Type or field
        </label>
        <input
          id="map-search"
          className="input"
          type="search"
          autoComplete="off"
          spellCheck={false}
          placeholder="FeatureFlag, or flag.key"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </form>
      <p className="hidden" role="status">
        {text === '' ? '' : count(found.length + more, 'result')}
      </p>
      {text !== '' && (
        <ul className="fields found">
          {found.map(({ type, field }) => (
            <li key={`${type} ${field}`}>
              <TypeLink name={type}>
                {type}
                {field !== null && `.${field}`}
              </TypeLink>
            </li>
          ))}
          {found.length === 0 && <li className="faint">Nothing has this in its name.</li>}
          {more > 0 && <li className="faint">and {more} more</li>}
        </ul>
      )}
    </search>
  )
}
