// The bot's registration: what tells Teams where to ring.

@description('The registration: 2 to 64 letters, digits and dashes, used nowhere else in the world.')
param name string

@description('What people see.')
param displayName string

@description('The application (client) id.')
param appId string

@description('The home tenant.')
param tenantId string

@description('The identity that is the bot itself; empty where an application in Entra is.')
param identityId string

@description('F0 costs nothing; S1 comes with a promise.')
@allowed(['F0', 'S1'])
param sku string

@description('The app\'s host name.')
param hostName string

var callingWebhook = 'https://${hostName}/api/notifications'

// Registrations want an address for chat, and this bot does not chat: nothing answers there.
var messagingEndpoint = 'https://${hostName}/api/messages'

resource bot 'Microsoft.BotService/botServices@2022-09-15' = {
  name: name
  location: 'global'
  kind: 'azurebot'
  sku: { name: sku }
  properties: {
    displayName: displayName
    endpoint: messagingEndpoint
    msaAppId: appId
    msaAppType: empty(identityId) ? 'SingleTenant' : 'UserAssignedMSI'
    msaAppTenantId: tenantId
    msaAppMSIResourceId: empty(identityId) ? null : identityId
    disableLocalAuth: true
    schemaTransformationVersion: '1.3'
  }
}

// All six are said: what a channel makes of one that is left out is not written anywhere, and calls have failed for it.
resource teams 'Microsoft.BotService/botServices/channels@2022-09-15' = {
  parent: bot
  name: 'MsTeamsChannel'
  location: 'global'
  properties: {
    channelName: 'MsTeamsChannel'
    properties: {
      isEnabled: true
      enableCalling: true
      callingWebhook: callingWebhook
      incomingCallRoute: 'graphPma'
      deploymentEnvironment: 'CommercialDeployment'
      acceptedTerms: true
    }
  }
}

@description('Where Graph reports incoming calls.')
output callingWebhook string = callingWebhook

@description('Where chat would go.')
output messagingEndpoint string = messagingEndpoint
