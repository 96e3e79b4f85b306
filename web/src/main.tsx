import './styles/base.css'
import './styles/parts.css'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { App } from './App.tsx'
import { basePath } from './api/place.ts'
import { applyTheme } from './shell/theme.ts'

applyTheme()
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root element.')
createRoot(root).render(
  <I18nProvider locale="en-GB">
    <BrowserRouter basename={basePath}>
      <App />
    </BrowserRouter>
  </I18nProvider>,
)
