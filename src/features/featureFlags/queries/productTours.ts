import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { projectField } from '../../projects/projectField.ts'
import { type PromptingRow, readThingsPage } from '../flagThings.ts'
import { ProductTour } from '../ProductTour.ts'

const ProductTourConnection = builder.connectionObject(
  { type: ProductTour, name: 'ProductTourConnection', description: 'A page of product tours.' },
  { name: 'ProductTourEdge', description: 'A product tour on a page.' },
)

const filterArguments = builder.args((t) => ({
  search: t.string({
    description: 'Only product tours whose name contains this text: at most 400 characters. Case does not matter. Empty text matches all.',
    validate: boundedText(400).nullish(),
  }),
}))

projectField(
  { root: 'productTours', onProject: 'productTours' },
  {
    type: ProductTourConnection,
    scope: 'feature_flag:read',
    description: 'The product tours of a project, the newest first, with the archived ones. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...filterArguments, ...pageArguments },
    listSize: pageListSize,
    resolve: (project, { search, ...page }, context) => readThingsPage<PromptingRow>(context, project.id, 'productTours', search, page),
  },
)
