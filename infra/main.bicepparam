using 'main.bicep'

// What everything is named after: 3 to 11 lower-case letters and digits.
param name = 'switchboard'

// Where everything is; where not set, where the resource group is.
// param location = 'westeurope'

// The bot's application (client) id, which entra.bicep gives; for managed-identity-direct the identity's client id.
param botAppId = readEnvironmentVariable('BOT_APP_ID')

// The bot's home tenant; where not set, the subscription's.
// param botTenantId = '7a8b9c0d-1e2f-4a3b-8c4d-5e6f70819203'

// How the bot proves who it is: managed-identity (an identity that its application in Entra trusts), managed-identity-direct (an
// identity that is the bot itself; nobody is known to have called with one), secret (a client secret in a Key Vault).
param botCredential = 'managed-identity'

// The client secret, for secret; once it is in the vault it need not be given again.
param botAppSecret = readEnvironmentVariable('BOT_APP_SECRET', '')

// What people see who call the bot.
param botDisplayName = 'Switchboard'

// F0 costs nothing; S1 comes with a promise of Microsoft's.
param botSku = 'F0'

// How many instances wait for HTTP, for which you pay whether or not anyone calls. With 0 the first caller after a pause may not be
// answered.
param alwaysReadyHttp = 1

// The most instances of each function, 40 to 1000: a limit on what a flood can cost.
param maximumInstances = 100

// The memory of an instance, in MB: 512, 2048, 4096. A quarter of a core, one and two come with them.
param instanceMemoryMB = 2048

// Whose calls are taken: tenant ids. None is the home tenant alone.
param allowedTenants = []

// Which flow an incoming call gets, by the object id of the resource account called: 'default=front_desk;<id>=support'.
param incomingFlow = 'default=front_desk'

// The longest call, in minutes: 1 to 1440.
param callMaxMinutes = 240

// How long a call is kept after its end, in days: 1 to 3650.
param callRetentionDays = 30

// How long a recording is kept, in days: 1 to 3650.
param recordingRetentionDays = 30

// The Entra audience whose tokens may use /api/calls, e.g. 'api://switchboard'; empty for none: then only the host's keys open it.
param callsApiAudience = ''

// Whom the bot may call: 'users' (of the home tenant), 'instances', 'meetings', object ids, numbers, beginnings of numbers as '+49*'.
param dialAllow = ['users']

// How many calls may be placed within any 60 seconds: 1 to 600.
param dialPerMinute = 20

// How many calls may be placed within a calendar month. Graph allows an application 10,000, those that it answers included: leave room for them.
param dialPerMonth = 10000

// How many placed calls there may be at once: 1 to 100, which is Graph's own limit.
param dialAtOnce = 20

// Whether calling out is stopped.
param dialStop = false

// Needed once a flow collects a secret: the address of a vault's secret that holds what `openssl rand -base64 32` prints.
param secretsKeyUri = ''

// From which level on log lines are written: error, warn, info, debug, trace.
param logLevel = 'info'

// How long logs are kept, in days: 30 to 730.
param logRetentionDays = 30

// Who is told when something is wrong: an email address.
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
