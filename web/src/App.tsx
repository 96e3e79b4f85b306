import { lazy, Suspense, useMemo } from 'react'
import { Route, Routes } from 'react-router'
import { Provider } from 'urql'
import { createSignedInApi } from './api/client.ts'
import { useSession } from './api/session.ts'
import { OverviewPage } from './overview/OverviewPage.tsx'
import { Boundary } from './shell/Boundary.tsx'
import { NotFoundPage } from './shell/NotFoundPage.tsx'
import { ProjectsPage } from './shell/ProjectsPage.tsx'
import { Shell } from './shell/Shell.tsx'
import { SignIn } from './shell/SignIn.tsx'
import { Loading } from './ui/States.tsx'

// What the first view does not need.
const FlagsPage = lazy(async () => ({ default: (await import('./flags/FlagsPage.tsx')).FlagsPage }))
const FlagPage = lazy(async () => ({ default: (await import('./flags/FlagPage.tsx')).FlagPage }))
const ExperimentsPage = lazy(async () => ({ default: (await import('./experiments/ExperimentsPage.tsx')).ExperimentsPage }))
const ExperimentPage = lazy(async () => ({ default: (await import('./experiments/ExperimentPage.tsx')).ExperimentPage }))
const ApprovalsPage = lazy(async () => ({ default: (await import('./approvals/ApprovalsPage.tsx')).ApprovalsPage }))
const RequestPage = lazy(async () => ({ default: (await import('./approvals/RequestPage.tsx')).RequestPage }))
const MapPage = lazy(async () => ({ default: (await import('./map/MapPage.tsx')).MapPage }))
const LinkPage = lazy(async () => ({ default: (await import('./link/LinkPage.tsx')).LinkPage }))

/** The map of the schema needs no key. */
export function App() {
  return (
    <Boundary>
      <Suspense fallback={<Loading what="the page" />}>
        <Routes>
          <Route path="graphiql/map" element={<MapPage />} />
          <Route path="*" element={<SignedIn />} />
        </Routes>
      </Suspense>
    </Boundary>
  )
}

function SignedIn() {
  const { key, ended } = useSession()
  // A new key gets a new client, so that nothing that another key read is shown.
  const api = useMemo(() => (key === null ? null : createSignedInApi(key)), [key])
  if (key === null || api === null) return <SignIn ended={ended} />
  return (
    <Provider value={api}>
      <Routes>
        <Route element={<Shell apiKey={key} />}>
          <Route index element={<ProjectsPage />} />
          <Route path="p/:project">
            <Route index element={<OverviewPage />} />
            <Route path="flags" element={<FlagsPage />} />
            <Route path="flags/:key" element={<FlagPage />} />
            <Route path="experiments" element={<ExperimentsPage />} />
            <Route path="experiments/:number" element={<ExperimentPage />} />
            <Route path="approvals" element={<ApprovalsPage />} />
            <Route path="approvals/:id" element={<RequestPage />} />
            <Route path="link" element={<LinkPage />} />
          </Route>
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </Provider>
  )
}
