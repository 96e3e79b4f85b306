// The page: plain JavaScript and fetch. The key is kept in this tab only, and is forgotten with it.

const element = (id) => document.getElementById(id)
const say = (text) => {
  element('message').textContent = text
}
const { graphqlUrl } = await (await fetch('settings.json')).json()
/** Counts the lists that were asked for. An answer to an older one comes too late. */
let lists = 0
/** Ends the subscription. */
let following = new AbortController()

function send(query, variables, accept = 'application/json', signal = null) {
  const headers = { accept, 'content-type': 'application/json', authorization: `Bearer ${sessionStorage.getItem('graphql-key')}` }
  return fetch(graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query, variables }), signal })
}

/** Sends a query or a mutation. Throws with the first error: what it asks for is null then. */
async function ask(query, variables = {}) {
  const { data, errors } = await (await send(query, variables)).json()
  if (errors?.[0].extensions?.code === 'UNAUTHENTICATED') signOut()
  if (errors) throw new Error(errors[0].message)
  return data
}

async function showProjects() {
  const { viewer } = await ask('{ viewer { projects(first: 100) { nodes { databaseId name } } } }')
  element('project').replaceChildren(...viewer.projects.nodes.map(({ databaseId, name }) => new Option(name, databaseId)))
  element('sign-in').hidden = true
  element('list').hidden = false
  if (viewer.projects.nodes.length === 0) say('This key can see no project.')
  else await showProject()
}

async function showProject() {
  await showFlags()
  following.abort()
  following = new AbortController()
  follow(element('project').value, following.signal)
}

async function showFlags() {
  const list = ++lists
  const { featureFlags } = await ask(
    `query Flags($project: ID!, $search: String) {
      featureFlags(projectId: $project, search: $search, first: 100, orderBy: { field: KEY, direction: ASC }) {
        totalCount
        nodes { id databaseId key name active version }
      }
    }`,
    { project: element('project').value, search: element('text').value },
  )
  if (list !== lists) return
  const focused = document.activeElement?.id
  element('flags').replaceChildren(...featureFlags.nodes.map(toRow))
  element('count').textContent = `${featureFlags.nodes.length} of ${featureFlags.totalCount} flags`
  // Whoever uses a keyboard stays on the button of the same flag.
  if (focused) element(focused)?.focus()
}

/** A row with a flag. `textContent` makes no HTML of what people have written. */
function toRow(flag) {
  const row = element('row').content.cloneNode(true)
  const [key, state, button] = row.querySelectorAll('th, .state, button')
  key.textContent = flag.key
  key.title = flag.name
  state.textContent = flag.active ? 'on' : 'off'
  button.textContent = flag.active ? 'Switch off' : 'Switch on'
  button.id = `switch-${flag.databaseId}`
  button.setAttribute('aria-label', `${button.textContent} ${flag.key}`)
  button.addEventListener('click', () => trying(() => switchFlag(flag)))
  return row
}

/** Switches a flag on or off. With `version`, nobody else's change is overwritten. */
async function switchFlag({ id, key, active, version }) {
  const { updateFeatureFlag: result } = await ask(
    `mutation Switch($id: ID!, $active: Boolean!, $version: Int!) {
      updateFeatureFlag(input: { id: $id, active: $active, version: $version }) {
        ... on FeatureFlag { active }
        ... on ChangeRequestError { changeRequest { id description } }
        ... on ValidationError { fieldErrors { message } }
        ... on Error { message }
      }
    }`,
    { id, active: !active, version },
  )
  // Every type of error has a message, also one that is added later. Some say more.
  const { message, changeRequest, fieldErrors = [] } = result
  const more = changeRequest ? [changeRequest.description, `Request ${changeRequest.id}.`] : fieldErrors.map((error) => error.message)
  say(message === undefined ? `${key} is ${result.active ? 'on' : 'off'} now.` : [message, ...more].join('\n'))
  await showFlags()
}

/** Shows the flags again when an experiment that uses one of them has changed. Connects again when the server ends the stream. */
async function follow(project, signal) {
  const query = 'subscription Changes($project: ID!) { experimentUpdated(projectId: $project) { id } }'
  while (!signal.aborted) {
    try {
      const { body } = await send(query, { project }, 'text/event-stream', signal)
      // Something may have changed while there was no connection.
      await showFlags()
      const stream = body.pipeThrough(new TextDecoderStream()).getReader()
      for (let part = await stream.read(); !part.done; part = await stream.read()) {
        if (part.value.includes('"errors"')) return
        if (part.value.includes('event: next')) await showFlags()
      }
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 5_000))
  }
}

/** Runs what a person has asked for, and says what went wrong. */
async function trying(work) {
  say('')
  await work().catch((error) => say(error.message))
}

async function signOut() {
  following.abort()
  sessionStorage.removeItem('graphql-key')
  element('flags').replaceChildren()
  element('list').hidden = true
  element('sign-in').hidden = false
  element('key').focus()
}

element('sign-in').addEventListener('submit', (event) => {
  event.preventDefault()
  sessionStorage.setItem('graphql-key', element('key').value.trim())
  element('key').value = ''
  trying(showProjects)
})
element('text').addEventListener('input', () => trying(showFlags))
element('project').addEventListener('change', () => trying(showProject))
element('sign-out').addEventListener('click', signOut)
if (sessionStorage.getItem('graphql-key') !== null) await trying(showProjects)
