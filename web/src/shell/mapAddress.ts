export const mapAddress = '/graphiql/map'
export const typeAddress = (name: string) => `${mapAddress}?type=${encodeURIComponent(name)}`
