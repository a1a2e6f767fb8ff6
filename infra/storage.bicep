// One storage account: the Functions host's own things, the deployed package, the queues of functions/, recordings.
// There are no keys to lose: only identities open it.

@description('The account: 3 to 24 lower-case letters and digits, used nowhere else in the world.')
param name string

@description('Where it is.')
param location string

@description('The principal of the app.')
param principalId string

@description('How many days a recording is kept.')
param recordingRetentionDays int

@description('The functions with a queue. A queue has the name of its function with - for _, its poison queue -poison after it.')
param queueFunctions array = [
  'call_ended'
  'call_updated'
  'incoming_call'
  'operation_finished'
  'participants_updated'
  'prompt_finished'
  'recording_finished'
  'tone_received'
  'wake'
]

var queueNames = map(queueFunctions, function => replace(function, '_', '-'))
var poisonQueueNames = map(queueNames, queueName => '${queueName}-poison')

// What the host needs of its storage account. The queues' role is the program's too, the blobs' opens recordings as well.
var roles = {
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource deployment 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: 'deployment'
}

resource recordings 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: 'recordings'
}

// The account itself removes what was kept long enough, even where the app no longer runs.
resource retention 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'recordings'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${recordings.name}/']
            }
            actions: {
              baseBlob: {
                delete: { daysAfterCreationGreaterThan: recordingRetentionDays }
              }
            }
          }
        }
      ]
    }
  }
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for queueName in concat(queueNames, poisonQueueNames): {
    parent: queueService
    name: queueName
  }
]

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(roles): {
    scope: account
    name: guid(account.id, principalId, role.value)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
    }
  }
]

@description('The account, as the host is given it.')
output accountName string = account.name

@description('Where its blobs are, with a slash at the end.')
output blobEndpoint string = account.properties.primaryEndpoints.blob

@description('Where the deployed package is.')
output deploymentUrl string = '${account.properties.primaryEndpoints.blob}${deployment.name}'

@description('Where recordings are.')
output recordingsUrl string = '${account.properties.primaryEndpoints.blob}${recordings.name}'
