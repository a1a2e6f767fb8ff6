// All that the bot needs in one resource group. docs/deploy.md says what comes before and after.

@description('What everything is named after.')
@minLength(3)
@maxLength(11)
param name string = 'switchboard'

@description('Where everything is: a region that has Flex Consumption with custom handlers.')
param location string = resourceGroup().location

@description('The bot\'s application (client) id, which entra.bicep gives. For managed-identity-direct the identity\'s client id.')
@minLength(36)
@maxLength(36)
param botAppId string

@description('The bot\'s home tenant.')
param botTenantId string = tenant().tenantId

@description('How the bot proves who it is: by an identity that its application in Entra trusts, as an identity that is the bot itself, or by a client secret in a Key Vault.')
@allowed(['managed-identity', 'managed-identity-direct', 'secret'])
param botCredential string = 'managed-identity'

@description('The client secret, for secret; empty leaves the one in the vault.')
@secure()
param botAppSecret string = ''

@description('What people see who call the bot.')
param botDisplayName string = 'Switchboard'

@description('F0 costs nothing; S1 comes with a promise.')
@allowed(['F0', 'S1'])
param botSku string = 'F0'

@description('How many instances wait for HTTP. With 0 the first caller after a pause may not be answered.')
@minValue(0)
param alwaysReadyHttp int = 1

@description('The most instances of each function.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 100

@description('The memory of an instance; a core comes with 2048.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Whose calls are taken: tenant ids. None is the home tenant alone.')
param allowedTenants array = []

@description('Which flow an incoming call gets, by the object id of the resource account called.')
param incomingFlow string = 'default=front_desk'

@description('The longest call, in minutes.')
@minValue(1)
@maxValue(1440)
param callMaxMinutes int = 240

@description('How long a call is kept after its end, in days.')
@minValue(1)
@maxValue(3650)
param callRetentionDays int = 30

@description('How long a recording is kept, in days.')
@minValue(1)
@maxValue(3650)
param recordingRetentionDays int = 30

@description('The Entra audience whose tokens may use /api/calls; empty for none: then only the host\'s keys open it.')
param callsApiAudience string = ''

@description('Whom the bot may call: users (of the home tenant), instances, meetings, object ids, numbers, beginnings of numbers as +49*.')
param dialAllow array = ['users']

@description('How many calls may be placed within any 60 seconds.')
@minValue(1)
@maxValue(600)
param dialPerMinute int = 20

@description('How many calls may be placed within a calendar month; Graph allows an application 10,000, those that it answers included.')
@minValue(1)
@maxValue(1000000)
param dialPerMonth int = 10000

@description('How many placed calls there may be at once; 100 is Graph\'s own limit.')
@minValue(1)
@maxValue(100)
param dialAtOnce int = 20

@description('Whether calling out is stopped. The switch dial_stop does the same at once.')
param dialStop bool = false

@description('Where in a vault that the app may read the key lies that seals the secrets that callers type; empty where no flow collects any.')
param secretsKeyUri string = ''

@description('From which level on log lines are written.')
@allowed(['error', 'warn', 'info', 'debug', 'trace'])
param logLevel string = 'info'

@description('How long logs are kept, in days.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Who is told when something is wrong: an email address.')
param alertEmail string

var unique = uniqueString(resourceGroup().id, name)
var globalName = '${name}-${unique}'
var isBotItself = botCredential == 'managed-identity-direct'
var hasSecret = botCredential == 'secret'

module identity 'identity.bicep' = {
  name: 'identity'
  params: {
    name: name
    location: location
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  params: {
    name: '${toLower(replace(name, '-', ''))}${unique}'
    location: location
    principalId: identity.outputs.principalId
    recordingRetentionDays: recordingRetentionDays
  }
}

module cosmos 'cosmos.bicep' = {
  name: 'cosmos'
  params: {
    name: toLower(globalName)
    location: location
    principalId: identity.outputs.principalId
  }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: name
    location: location
    principalId: identity.outputs.principalId
    retentionDays: logRetentionDays
  }
}

module vault 'vault.bicep' = if (hasSecret) {
  name: 'vault'
  params: {
    name: take(globalName, 24)
    location: location
    principalId: identity.outputs.principalId
    value: botAppSecret
  }
}

// It takes something from each module that assigns a role, so that all roles are there before the app starts.
module app 'app.bicep' = {
  name: 'app'
  params: {
    name: globalName
    location: location
    identity: {
      id: identity.outputs.id
      clientId: identity.outputs.clientId
    }
    storage: {
      accountName: storage.outputs.accountName
      deploymentUrl: storage.outputs.deploymentUrl
      recordingsUrl: storage.outputs.recordingsUrl
    }
    cosmos: {
      endpoint: cosmos.outputs.endpoint
      databaseName: cosmos.outputs.databaseName
    }
    insightsConnectionString: monitoring.outputs.connectionString
    bot: {
      appId: botAppId
      tenantId: botTenantId
      credential: botCredential
      secretUri: hasSecret ? vault!.outputs.uri : ''
    }
    behaviour: {
      allowedTenants: allowedTenants
      incomingFlow: incomingFlow
      callMaxMinutes: callMaxMinutes
      callRetentionDays: callRetentionDays
      recordingRetentionDays: recordingRetentionDays
      callsApiAudience: callsApiAudience
      dialAllow: dialAllow
      dialPerMinute: dialPerMinute
      dialPerMonth: dialPerMonth
      dialAtOnce: dialAtOnce
      dialStop: dialStop
      secretsKeyUri: secretsKeyUri
      logLevel: logLevel
    }
    scale: {
      alwaysReadyHttp: alwaysReadyHttp
      maximumInstances: maximumInstances
      instanceMemoryMB: instanceMemoryMB
    }
  }
}

module bot 'bot.bicep' = {
  name: 'bot'
  params: {
    name: globalName
    displayName: botDisplayName
    appId: botAppId
    tenantId: botTenantId
    identityId: isBotItself ? identity.outputs.id : ''
    sku: botSku
    hostName: app.outputs.hostName
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    name: name
    location: location
    email: alertEmail
    insightsId: monitoring.outputs.id
    cosmosId: cosmos.outputs.id
  }
}

@description('The Functions app, for func and az.')
output functionAppName string = app.outputs.name

@description('Where it is reached.')
output hostName string = app.outputs.hostName

@description('Where Microsoft Graph reports incoming calls.')
output callingWebhook string = bot.outputs.callingWebhook

@description('Where chat would go: nothing answers there.')
output messagingEndpoint string = bot.outputs.messagingEndpoint

@description('The bot\'s application (client) id.')
output botAppId string = botAppId

@description('The bot\'s home tenant.')
output botTenantId string = botTenantId

@description('The identity\'s client id.')
output identityClientId string = identity.outputs.clientId

@description('Where calls are kept.')
output cosmosEndpoint string = cosmos.outputs.endpoint

@description('Where recordings are kept.')
output blobEndpoint string = storage.outputs.blobEndpoint

@description('Where Application Insights is. It opens nothing: whoever writes is asked who they are.')
output insightsConnectionString string = monitoring.outputs.connectionString
