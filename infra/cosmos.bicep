// The calls: a serverless Cosmos DB account without keys. The program creates no container, since no identity may; here they are.

@description('The account: 3 to 44 lower-case letters, digits and dashes, used nowhere else in the world.')
param name string

@description('Where it is.')
param location string

@description('The principal of the app.')
param principalId string

// The account's own role Cosmos DB Built-in Data Contributor. It is none of the roles of Azure, and is assigned apart from them.
var builtInDataContributor = '00000000-0000-0000-0000-000000000002'

// What is queried: calls that are due, and calls from the newest on; and other records the same way, by kind. All else is read by id,
// and costs less unindexed.
var queried = ['/dueAt/?', '/created/?', '/recordDueAt/?', '/recordCreated/?', '/recordKind/?']

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: name
  location: location
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    capabilities: [{ name: 'EnableServerless' }]
    locations: [{ locationName: location, failoverPriority: 0, isZoneRedundant: false }]
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: { tier: 'Continuous7Days' }
    }
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-04-15' = {
  parent: account
  name: 'switchboard'
  properties: {
    resource: { id: 'switchboard' }
  }
}

// Each call says itself how long it is kept; without a word of its own it stays.
resource calls 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15' = {
  parent: database
  name: 'calls'
  properties: {
    resource: {
      id: 'calls'
      partitionKey: { kind: 'Hash', version: 2, paths: ['/id'] }
      defaultTtl: -1
      indexingPolicy: {
        indexingMode: 'consistent'
        automatic: true
        includedPaths: map(queried, path => { path: path })
        excludedPaths: [{ path: '/*' }]
      }
    }
  }
}

// Flows and their prompts, by their hashes. Nothing in it changes, expires or is searched for.
resource flows 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15' = {
  parent: database
  name: 'flows'
  properties: {
    resource: {
      id: 'flows'
      partitionKey: { kind: 'Hash', version: 2, paths: ['/id'] }
      indexingPolicy: {
        indexingMode: 'consistent'
        automatic: true
        includedPaths: []
        excludedPaths: [{ path: '/*' }]
      }
    }
  }
}

// On the account, since a client first asks that where it is; it holds this one database.
resource assignment 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = {
  parent: account
  name: guid(account.id, principalId, builtInDataContributor)
  properties: {
    principalId: principalId
    roleDefinitionId: '${account.id}/sqlRoleDefinitions/${builtInDataContributor}'
    scope: account.id
  }
}

@description('The resource, for its metrics.')
output id string = account.id

@description('Where it answers.')
output endpoint string = account.properties.documentEndpoint

@description('The database in it.')
output databaseName string = database.name
