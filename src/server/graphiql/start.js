// Runs in the browser once graphiql.js is there.
const page = JSON.parse(document.getElementById('options').textContent)

self.MonacoEnvironment = { getWorkerUrl: (_module, label) => `graphiql/${label}.worker.js` }

// Keys are not written down in the browser, unless somebody switches that on in the settings.
const persistHeaders = 'graphiql:shouldPersistHeaders'
if (localStorage.getItem(persistHeaders) === null) localStorage.setItem(persistHeaders, 'false')

self.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
  ...page,
  // Of the first tab, GraphiQL itself fills in all but the variables. Later visits find them where the last one left them.
  initialVariables: localStorage.getItem('graphiql:tabState') === null ? page.defaultTabs[0].variables : undefined,
  // It would copy every operation into the address, which then grows too long to be loaded again.
  onEditQuery: () => {},
})
