// Runs in the browser after graphiql.js.
const page = JSON.parse(document.getElementById('options').textContent)

self.MonacoEnvironment = { getWorkerUrl: (_module, label) => `graphiql/${label}.worker.js` }

// By default, the browser does not store the headers, which contain the key. People can turn that on in the settings.
const persistHeaders = 'graphiql:shouldPersistHeaders'
if (localStorage.getItem(persistHeaders) === null) localStorage.setItem(persistHeaders, 'false')

self.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
  ...page,
  // GraphiQL fills in the first tab except for its variables. On later visits it restores them itself.
  initialVariables: localStorage.getItem('graphiql:tabState') === null ? page.defaultTabs[0].variables : undefined,
  // The default copies every operation into the URL, which then becomes too long to load.
  onEditQuery: () => {},
})
