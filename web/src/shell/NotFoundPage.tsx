import { Link } from 'react-router'
import { PageHead } from '../ui/Page.tsx'
import { Empty } from '../ui/States.tsx'

export function NotFoundPage() {
  return (
    <>
      <PageHead title="There is no such page" />
      <Empty title="The address leads nowhere">
        It may be cut off. <Link to="/">Choose a project</Link>, and go on from there.
      </Empty>
    </>
  )
}
