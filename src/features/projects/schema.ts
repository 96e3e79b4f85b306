import './Project.ts'
import './queries/project.ts'
import './GroupType.ts'
