// What somebody should be told of. Each query gives rows where something is wrong, and nothing where all is well.

@description('What everything is named after.')
param name string

@description('Where the rules are.')
param location string

@description('Who is told.')
param email string

@description('Application Insights.')
param insightsId string

@description('The Cosmos DB account.')
param cosmosId string

// Log lines of the handler are JSON, one in each message; what the host itself writes is not, and has no fields. Where there are many
// lines some are left out; what is counted never is.
var rules = [
  {
    name: 'door'
    severity: 1
    description: 'A post of Microsoft Graph could not be kept: something may have been lost.'
    query: '''
      requests
      | where name == 'notifications' and toint(resultCode) >= 500
    '''
  }
  {
    name: 'failed-calls'
    severity: 2
    description: 'A call was not answered or not placed, something that one needed failed, or Microsoft Graph refused it.'
    query: '''
      union
        (traces
        | extend line = parse_json(message)
        | where tostring(line.level) == 'error' or tostring(line.message) startswith 'Graph refuses'),
        (customMetrics
        | where name == 'switchboard.calls'
        | where tostring(customDimensions['switchboard.ending']) in ('missed', 'not_answered', 'not_placed'))
    '''
  }
  {
    name: 'poison-queues'
    severity: 2
    description: 'An event was given up and lies in a poison queue.'
    query: '''
      union
        (traces | where message contains '-poison'),
        (customMetrics | where name == 'switchboard.events.put_aside')
    '''
  }
  // Rows come late, so the five minutes that are looked at ended three minutes ago.
  {
    name: 'housekeeping'
    severity: 1
    description: 'Housekeeping, due each minute, has not succeeded for five: calls that wait for it stay silent.'
    query: '''
      requests
      | where timestamp between (ago(8m) .. ago(3m))
      | where name == 'housekeeping' and success == true
      | summarize runs = count()
      | where runs == 0
    '''
  }
]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  properties: {
    enabled: true
    groupShortName: take(name, 12)
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource logAlert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${name}-${rule.name}'
    location: location
    kind: 'LogAlert'
    properties: {
      displayName: '${name}: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      autoMitigate: true
      scopes: [insightsId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT10M'
      criteria: {
        allOf: [{ query: rule.query, timeAggregation: 'Count', operator: 'GreaterThan', threshold: 0 }]
      }
      actions: { actionGroups: [group.id] }
    }
  }
]

resource throttled 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-cosmos-throttled'
  location: 'global'
  properties: {
    description: 'Cosmos DB refused requests since too many came at once (429).'
    severity: 2
    enabled: true
    autoMitigate: true
    scopes: [cosmosId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'throttled'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.DocumentDB/databaseAccounts'
          metricName: 'TotalRequests'
          timeAggregation: 'Count'
          dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: group.id }]
  }
}
