import './Project.ts'
import './queries/project.ts'
