import { Component, type ReactNode } from 'react'

/** Shown in place of a page that broke. After an upgrade of the service, a part of the page may be gone: loading it again helps. */
export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <main className="center">
        <div className="note bad" role="alert">
          <p>
            <strong>The page broke.</strong> The service may have been upgraded since you opened it. Nothing that you saved is lost.
          </p>
          <button type="button" className="button" onClick={() => location.reload()}>
            Load the page again
          </button>
        </div>
      </main>
    )
  }
}
