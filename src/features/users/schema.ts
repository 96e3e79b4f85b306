import './User.ts'
import './Viewer.ts'
