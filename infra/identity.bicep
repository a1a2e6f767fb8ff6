// Who the app is to everything else in Azure. The application in Entra names it (entra.bicep) before the rest is there, so it is
// deployed first, by itself; main.bicep then finds it as it is.

@description('What everything is named after: the same here as in main.bicep.')
@minLength(3)
@maxLength(11)
param name string = 'switchboard'

@description('Where it is.')
param location string = resourceGroup().location

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
}

@description('The resource: an app is given it by this.')
output id string = identity.id

@description('The name by which a program asks for its tokens.')
output clientId string = identity.properties.clientId

@description('The name by which it is given roles.')
output principalId string = identity.properties.principalId
