// The Functions app on its plan, Flex Consumption. Whoever deploys this has made the roles before: the host starts at once, and one
// that may not read its own storage does not come up.

@description('The app: 2 to 60 letters, digits and dashes, used nowhere else in the world.')
param name string

@description('Where it is.')
param location string

@description('The identity that the app is.')
param identity {
  id: string
  clientId: string
}

@description('The storage account: the host\'s own, the package, the queues, the recordings.')
param storage {
  accountName: string
  deploymentUrl: string
  recordingsUrl: string
}

@description('Where calls are kept.')
param cosmos {
  endpoint: string
  databaseName: string
}

@description('Where Application Insights is.')
param insightsConnectionString string

@description('Who the bot is. The address of its secret is empty where it has none.')
param bot {
  appId: string
  tenantId: string
  credential: string
  secretUri: string
}

@description('What the bot does.')
param behaviour {
  allowedTenants: array
  incomingFlow: string
  callMaxMinutes: int
  callRetentionDays: int
  recordingRetentionDays: int
  callsApiAudience: string
  dialAllow: array
  dialPerMinute: int
  dialPerMonth: int
  dialAtOnce: int
  dialStop: bool
  secretsKeyUri: string
  logLevel: string
}

@description('What it runs on.')
param scale {
  alwaysReadyHttp: int
  maximumInstances: int
  instanceMemoryMB: int
}

@description('Azure takes any version without a word, and with one that it does not know the host never starts.')
@allowed(['1.0'])
param runtimeVersion string = '1.0'

var settings = {
  AzureWebJobsStorage__accountName: storage.accountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
  BOT_APP_ID: bot.appId
  BOT_TENANT_ID: bot.tenantId
  BOT_CREDENTIAL: bot.credential
  BOT_APP_SECRET: empty(bot.secretUri) ? '' : '@Microsoft.KeyVault(SecretUri=${bot.secretUri})'
  BOT_IDENTITY_CLIENT_ID: identity.clientId
  ALLOWED_TENANTS: join(behaviour.allowedTenants, ',')
  INCOMING_FLOW: behaviour.incomingFlow
  STATE_STORE: 'cosmos'
  COSMOS_ENDPOINT: cosmos.endpoint
  COSMOS_DATABASE: cosmos.databaseName
  RECORDINGS: storage.recordingsUrl
  CALL_MAX_MINUTES: string(behaviour.callMaxMinutes)
  CALL_RETENTION_DAYS: string(behaviour.callRetentionDays)
  RECORDING_RETENTION_DAYS: string(behaviour.recordingRetentionDays)
  CALLS_API_AUDIENCE: behaviour.callsApiAudience
  DIAL_ALLOW: join(behaviour.dialAllow, ',')
  DIAL_PER_MINUTE: string(behaviour.dialPerMinute)
  DIAL_PER_MONTH: string(behaviour.dialPerMonth)
  DIAL_AT_ONCE: string(behaviour.dialAtOnce)
  DIAL_STOP: behaviour.dialStop ? 'true' : 'false'
  SECRETS_KEY: empty(behaviour.secretsKeyUri) ? '' : '@Microsoft.KeyVault(SecretUri=${behaviour.secretsKeyUri})'
  LOG_LEVEL: behaviour.logLevel
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: name
  location: location
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: storage.deploymentUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: { name: 'custom', version: runtimeVersion }
      scaleAndConcurrency: {
        maximumInstanceCount: scale.maximumInstances
        instanceMemoryMB: scale.instanceMemoryMB
        alwaysReady: scale.alwaysReadyHttp == 0 ? [] : [{ name: 'http', instanceCount: scale.alwaysReadyHttp }]
      }
    }
    // Nothing more: Flex Consumption refuses most of what else a site may have, and region by region more of it.
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: map(items(settings), setting => { name: setting.key, value: setting.value })
    }
  }
}

@description('The app, for func and az.')
output name string = app.name

@description('Where it is reached.')
output hostName string = app.properties.defaultHostName
