// The application's client secret, for those who cannot do without one. The app is told where it is and never what it is.

@description('The vault: 3 to 24 letters, digits and dashes, used nowhere else in the world.')
param name string

@description('Where it is.')
param location string

@description('The principal of the app.')
param principalId string

@description('The secret; empty leaves the one that is there.')
@secure()
param value string

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(value)) {
  parent: vault
  name: 'bot-app-secret'
  properties: {
    value: value
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, keyVaultSecretsUser)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

@description('Where the secret is, whichever version is the newest.')
output uri string = '${vault.properties.vaultUri}secrets/bot-app-secret'
