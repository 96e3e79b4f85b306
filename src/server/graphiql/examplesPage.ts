import type { Example, ExampleGroup } from './examples/example.ts'

const styles = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
h1, h2 { line-height: 1.2 }
li { margin: .25rem 0 }
li span { opacity: .75 }
`

/** The page that lists the examples. Each opens in GraphiQL. */
export function renderExamplesPage(title: string, groups: readonly ExampleGroup[]): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Examples: ${title}</title>
    <style>${styles}</style>
  </head>
  <body>
    <main>
      <h1>Examples</h1>
      <p>Each opens in <a href="../graphql">GraphiQL</a>. Unless it says what it needs, it runs on the demo data.</p>
${groups.map(renderGroup).join('\n')}
    </main>
  </body>
</html>
`
}

const renderGroup = ({ title, about, examples }: ExampleGroup) => `      <h2>${escapeHtml(title)}</h2>
      <p>${escapeHtml(about)}</p>
      <ul>
${examples.map(renderExample).join('\n')}
      </ul>`

function renderExample({ title, needs, query, variables, steps }: Example): string {
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) })
  const remarks = [
    ...(steps.some(({ as }) => as === 'member') ? ['with the member’s key'] : []),
    ...(needs === undefined ? [] : [needs === 'MIRROR' ? 'needs a mirror of a PostHog' : 'needs write-through to a PostHog']),
  ]
  const remark = remarks.map((text) => ` <span>(${text})</span>`).join('')
  return `        <li><a href="${escapeHtml(`../graphql?${parameters}`)}">${escapeHtml(title)}</a>${remark}</li>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
