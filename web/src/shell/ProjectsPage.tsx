import { Link, Navigate } from 'react-router'
import { PageHead } from '../ui/Page.tsx'
import { Empty } from '../ui/States.tsx'
import { useShown } from './context.ts'

/** The projects that the key sees. With a single one, there is nothing to choose. */
export function ProjectsPage() {
  const { viewer } = useShown()
  const { nodes, pageInfo } = viewer.projects
  const [only] = nodes
  if (only !== undefined && nodes.length === 1) return <Navigate to={`/p/${only.databaseId}`} replace />
  return (
    <>
      <PageHead title="Choose a project" />
      {nodes.length === 0 ? (
        <Empty title="Your key sees no project">
          You may be in no organization, or the key is restricted to projects that are gone. Ask an admin of your organization.
        </Empty>
      ) : (
        <ul className="projects">
          {nodes.map(({ id, databaseId, name }) => (
            <li key={id}>
              <Link to={`/p/${databaseId}`}>{name}</Link>
            </li>
          ))}
        </ul>
      )}
      {pageInfo.hasNextPage && <p className="faint">These are the first 100. Any other opens by its number: /p/123.</p>}
    </>
  )
}
