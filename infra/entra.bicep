// What is in Entra and not in a subscription: the application that the bot is, and what it may ask of Microsoft Graph. Apart from
// main.bicep, since it takes an administrator of the tenant. docs/deploy.md has the commands that do the same by hand.
extension microsoftGraphV1

@description('What the application is called in templates; it cannot be changed later.')
param name string = 'switchboard'

@description('What people see.')
param displayName string = 'Switchboard'

@description('The identity\'s principal, which identity.bicep gives.')
param identityPrincipalId string

@description('As in main.bicep. With managed-identity-direct there is no application: the identity itself is given the permissions.')
@allowed(['managed-identity', 'managed-identity-direct', 'secret'])
param botCredential string = 'managed-identity'

@description('What the bot may ask of Microsoft Graph. These two do for calls of two: Initiate for placing and passing on, AccessMedia for keys and recordings. Meetings want Calls.JoinGroupCall.All, ringing several at once Calls.InitiateGroupCall.All.')
param permissions array = ['Calls.Initiate.All', 'Calls.AccessMedia.All']

@description('Whether to grant them. A second grant of the same can fail: then deploy again with false.')
param grant bool = true

var microsoftGraph = '00000003-0000-0000-c000-000000000000'
var permissionIds = {
  'Calls.Initiate.All': '284383ee-7f6e-4e40-a2a8-e85dcb029101'
  'Calls.InitiateGroupCall.All': '4c277553-8a09-487b-8023-29ee378d8324'
  'Calls.JoinGroupCall.All': 'f6b49018-60ab-4f81-83bd-22caeabfed2d'
  'Calls.JoinGroupCallAsGuest.All': 'fd7ccf6b-3d28-418b-9701-cd10f5cd2fd4'
  'Calls.AccessMedia.All': 'a7a681dc-756e-4909-b988-f160edc6655f'
}
var hasApplication = botCredential != 'managed-identity-direct'

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: microsoftGraph
}

resource application 'Microsoft.Graph/applications@v1.0' = if (hasApplication) {
  uniqueName: name
  displayName: displayName
  signInAudience: 'AzureADMyOrg'
  // Tokens for the control API are for this application: CALLS_API_AUDIENCE is its client id.
  api: { requestedAccessTokenVersion: 2 }
  appRoles: [
    {
      id: guid(name, 'Calls.Place')
      value: 'Calls.Place'
      displayName: 'Place calls'
      description: 'Places calls, steers and ends them, and looks at them.'
      allowedMemberTypes: ['Application', 'User']
      isEnabled: true
    }
    {
      id: guid(name, 'Calls.Read')
      value: 'Calls.Read'
      displayName: 'Look at calls'
      description: 'Lists calls and looks at them.'
      allowedMemberTypes: ['Application', 'User']
      isEnabled: true
    }
  ]
  requiredResourceAccess: [
    {
      resourceAppId: microsoftGraph
      resourceAccess: map(permissions, permission => { id: permissionIds[permission], type: 'Role' })
    }
  ]
}

// The application takes the identity's token for its own: there is no secret to keep, to renew or to lose.
resource trust 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = if (botCredential == 'managed-identity') {
  name: '${application!.uniqueName}/identity'
  audiences: ['api://AzureADTokenExchange']
  issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
  subject: identityPrincipalId
}

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = if (hasApplication) {
  appId: application!.appId
}

// This is the administrator's consent; what the application requires is only a wish.
resource consent 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for permission in permissions: if (grant) {
    principalId: hasApplication ? principal!.id : identityPrincipalId
    resourceId: graph.id
    appRoleId: permissionIds[permission]
  }
]

@description('The bot\'s application (client) id; empty where the identity is the bot.')
output botAppId string = hasApplication ? application!.appId : ''
