// The page: plain JavaScript and fetch. The key is kept in this tab only, and is forgotten with it.

const element = (id) => document.getElementById(id)
const say = (text) => {
  element('message').textContent = text
}
const { graphqlUrl } = await (await fetch('settings.json')).json()
/** The cursor of the last flag that is shown. */
let cursor = null
/** Counts the lists that were asked for. An answer to an older one comes too late. */
let lists = 0

/** Sends an operation. Throws with the first error: a list that is null has one. */
async function ask(query, variables = {}) {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${sessionStorage.getItem('graphql-key')}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors?.[0]?.extensions?.code === 'UNAUTHENTICATED') signOut()
  if (errors) throw new Error(errors[0].message)
  return data
}

async function showProjects() {
  const { viewer } = await ask('{ viewer { projects(first: 100) { nodes { databaseId name } } } }')
  element('project').replaceChildren(...viewer.projects.nodes.map(({ databaseId, name }) => new Option(name, databaseId)))
  element('sign-in').hidden = true
  element('list').hidden = false
  if (viewer.projects.nodes.length === 0) say('This key can see no project.')
  else await showFlags()
}

async function showFlags(after = null) {
  const list = ++lists
  const variables = { project: element('project').value, search: element('text').value, after }
  const { featureFlags } = await ask(
    `query Flags($project: ID!, $search: String, $after: String) {
      featureFlags(projectId: $project, search: $search, first: 10, after: $after, orderBy: { field: KEY, direction: ASC }) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { id key name active version }
      }
    }`,
    variables,
  )
  if (list !== lists) return
  const rows = featureFlags.nodes.map(toRow)
  if (after === null) element('flags').replaceChildren(...rows)
  else element('flags').append(...rows)
  cursor = featureFlags.pageInfo.endCursor
  element('more').hidden = !featureFlags.pageInfo.hasNextPage
  element('count').textContent = `${element('flags').rows.length} of ${featureFlags.totalCount} flags`
  // Whoever uses a keyboard goes on at the first of the new flags.
  if (after !== null) rows[0]?.querySelector('button').focus()
}

/** A row with a flag. `textContent` makes no HTML of what people have written. */
function toRow(flag) {
  const row = document.createElement('tr')
  const key = document.createElement('th')
  key.scope = 'row'
  key.textContent = flag.key
  key.title = flag.name
  const button = document.createElement('button')
  button.type = 'button'
  const state = document.createElement('td')
  const show = () => {
    state.textContent = flag.active ? 'on' : 'off'
    button.textContent = flag.active ? 'Switch off' : 'Switch on'
    button.setAttribute('aria-label', `${button.textContent} ${flag.key}`)
  }
  button.addEventListener('click', () => trying(async () => Object.assign(flag, await switched(flag))).then(show))
  show()
  const change = document.createElement('td')
  change.append(button)
  row.append(key, state, change)
  return row
}

/** Switches a flag on or off. Returns what is new about it. With `version`, nobody else's change is overwritten. */
async function switched({ id, key, active, version }) {
  const { updateFeatureFlag: result } = await ask(
    `mutation Switch($id: ID!, $active: Boolean!, $version: Int!) {
      updateFeatureFlag(input: { id: $id, active: $active, version: $version }) {
        __typename
        ... on FeatureFlag { active version }
        ... on ApprovalRequiredError { changeRequest { id description } requiredApprovers { quorum users { email } } }
        ... on ChangeRequestPendingError { changeRequest { id description } }
        ... on ValidationError { fieldErrors { message } }
        ... on Error { message }
      }
    }`,
    { id, active: !active, version },
  )
  switch (result.__typename) {
    case 'FeatureFlag':
      say(`${key} is ${result.active ? 'on' : 'off'} now.`)
      return { active: result.active, version: result.version }
    case 'ApprovalRequiredError': {
      const { quorum, users } = result.requiredApprovers
      const people = users.map(({ email }) => email).join(', ')
      say(
        `Waits for approval by ${quorum} of ${people || 'a role'}: ${result.changeRequest.description} Request ${result.changeRequest.id}.`,
      )
      break
    }
    case 'ChangeRequestPendingError':
      say(`Somebody has asked for this already: ${result.changeRequest.description} Request ${result.changeRequest.id}.`)
      break
    case 'ValidationError':
      say(result.fieldErrors.map(({ message }) => message).join(' ') || result.message)
      break
    default:
      // Error types that are added later implement `Error`, too.
      say(result.message)
  }
  return {}
}

/** Runs what a person has asked for, and says what went wrong. */
async function trying(work) {
  say('')
  try {
    await work()
  } catch (error) {
    say(error.message)
  }
}

function signOut() {
  sessionStorage.removeItem('graphql-key')
  element('flags').replaceChildren()
  element('list').hidden = true
  element('sign-in').hidden = false
  element('key').focus()
}

/** What a form does in place of leaving the page. */
function onSubmit(id, work) {
  element(id).addEventListener('submit', (event) => {
    event.preventDefault()
    trying(work)
  })
}

onSubmit('sign-in', () => {
  sessionStorage.setItem('graphql-key', element('key').value.trim())
  element('key').value = ''
  return showProjects()
})
onSubmit('search', () => showFlags())
element('project').addEventListener('change', () => trying(() => showFlags()))
element('more').addEventListener('click', () => trying(() => showFlags(cursor)))
element('sign-out').addEventListener('click', () => trying(signOut))
if (sessionStorage.getItem('graphql-key') !== null) await trying(showProjects)
