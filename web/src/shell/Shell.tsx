import { useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog'
import { Popover } from 'react-aria-components/Popover'
import { Link, NavLink, Outlet, useLocation, useMatch, useNavigate } from 'react-router'
import { LiveProvider, useLive } from '../api/live.tsx'
import { endpoint, options } from '../api/place.ts'
import { signOut } from '../api/session.ts'
import { useRead } from '../api/useRead.ts'
import { ViewerDocument, WaitingDocument } from '../generated/graphql.ts'
import { Choice } from '../ui/Choice.tsx'
import { Loading, Problems } from '../ui/States.tsx'
import { nameOf } from '../ui/words.ts'
import { canWith, type Shown } from './context.ts'
import { Logo } from './Logo.tsx'
import { mapAddress } from './mapAddress.ts'
import { chooseTheme, shownTheme } from './theme.ts'

/** What is around every page: the project, where one can go, and who one is. */
export function Shell({ apiKey }: { apiKey: string }) {
  const { data, problems, retry } = useRead(ViewerDocument, {})
  const project = useMatch('/p/:project/*')?.params.project ?? ''
  const viewer = data?.viewer
  if (viewer == null) {
    return (
      <main className="center">{problems.length === 0 ? <Loading what="the page" /> : <Problems problems={problems} retry={retry} />}</main>
    )
  }
  const can = canWith(viewer.scopes)
  const shown: Shown = { viewer, project, can }
  const scopes = { experiments: can('experiment:read'), approvals: can('approvals:read') }
  return (
    <LiveProvider
      key={project}
      apiKey={apiKey}
      project={project}
      scopes={project === '' ? { experiments: false, approvals: false } : scopes}
    >
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header shown={shown} />
      <main id="main" tabIndex={-1}>
        <Outlet context={shown} />
      </main>
      <Footer />
      <Announcer />
    </LiveProvider>
  )
}

function Header({ shown: { viewer, project, can } }: { shown: Shown }) {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    // On a phone, the link of the page can be out of sight.
    if (pathname !== '') nav.current?.querySelector('.active')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [pathname])
  const projects = viewer.projects.nodes.map(({ databaseId, name }) => ({ id: String(databaseId), name }))
  const known = projects.some(({ id }) => id === project)
  return (
    <header className="top">
      <div className="top-row">
        <Link to="/" className="home" aria-label="All projects">
          <Logo />
        </Link>
        {known && projects.length > 1 && (
          <Choice label="Project" hideLabel value={project} options={projects} onChange={(id) => navigate(`/p/${id}`)} />
        )}
        {known && projects.length === 1 && <span className="project-name">{projects[0]?.name}</span>}
        {project !== '' && <LiveMark />}
        <Account viewer={viewer} />
      </div>
      {project !== '' && (
        <nav className="tabs-nav" aria-label="Project" ref={nav}>
          <NavLink to={`/p/${project}`} end>
            Overview
          </NavLink>
          <NavLink to={`/p/${project}/experiments`}>Experiments</NavLink>
          <NavLink to={`/p/${project}/flags`}>Flags</NavLink>
          <NavLink to={`/p/${project}/approvals`}>Approvals{can('approvals:read') && <WaitingCount project={project} />}</NavLink>
          <NavLink to={`/p/${project}/link`}>PostHog</NavLink>
        </nav>
      )}
    </header>
  )
}

function WaitingCount({ project }: { project: string }) {
  const { data } = useRead(WaitingDocument, { project })
  const waiting = data?.changeRequests?.totalCount ?? 0
  if (waiting === 0) return null
  return (
    <>
      {' '}
      <span className="bubble">
        {waiting}
        <span className="hidden"> waiting for you</span>
      </span>
    </>
  )
}

function LiveMark() {
  const { state } = useLive()
  const texts = {
    live: ['Live', 'Changes that others make appear by themselves.'],
    connecting: ['Connecting', 'The connection for changes is being made. What you see may be older.'],
    off: ['Not live', 'Your key may not follow changes. Load the page again to see what is new.'],
  }
  const [text, title] = texts[state]
  return (
    <span className={`live ${state}`} title={title}>
      <span className="dot" aria-hidden="true" />
      {text}
    </span>
  )
}

function Account({ viewer }: { viewer: Shown['viewer'] }) {
  const [theme, setTheme] = useState(shownTheme)
  const other = theme === 'dark' ? 'light' : 'dark'
  return (
    <DialogTrigger>
      <Button className="button account" aria-label={`Account of ${nameOf(viewer.user)}`}>
        <span className="avatar" aria-hidden="true">
          {nameOf(viewer.user).slice(0, 1).toUpperCase()}
        </span>
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog className="account-menu" aria-label="Account">
          <p>
            <strong>{nameOf(viewer.user)}</strong>
            <br />
            <span className="faint">{viewer.user.email}</span>
          </p>
          <p className="faint">
            Key <code>{viewer.key.mask}</code>
            <br />
            Scopes: {viewer.scopes.includes('*') ? 'all' : viewer.scopes.join(', ')}
          </p>
          <Button
            className="button wide"
            onPress={() => {
              chooseTheme(other)
              setTheme(other)
            }}
          >
            Use the {other} theme
          </Button>
          <Button className="button wide" onPress={() => signOut()}>
            Sign out
          </Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

/** Tells what others changed, also to people who do not see it. */
function Announcer() {
  const { latest, changes } = useLive()
  return (
    <p className="hidden" role="status" aria-live="polite">
      {changes > 0 ? latest : ''}
    </p>
  )
}

function Footer() {
  return (
    <footer>
      <p className="faint">
        Everything here comes from the GraphQL API.{' '}
        {options.graphiql === true && (
          <>
            Ask it yourself in <a href={endpoint}>GraphiQL</a>
            {options.map === true && (
              <>
                , or see the <Link to={mapAddress}>map of its schema</Link>
              </>
            )}
            .
          </>
        )}
      </p>
    </footer>
  )
}
