// Loaded before every command of package.json. The `node` package brings the right Node; where its install script did not run, the
// system's Node would be used without a word.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 10)) {
  console.error(
    `This is Node ${process.versions.node}; the service needs Node 24.10 or later. It comes with \`npm ci\`: run that again and let the ` +
      'install script of the package `node` run (`npm install-scripts approve node`), or install Node 24 yourself.',
  )
  process.exit(1)
}
