const number = '447700900000';
const from = { type: 'phone', number: '447700900001' };
const to = { type: 'phone', number };

/** A request for each product: its method, the part of its URL after the URL of the product, and its body, if any. */
export const requests = {
  sms: ['GET', `json?from=Nexmo&to=${number}&text=Hello`],
  verify: ['GET', `json?number=${number}&brand=Nexmo`],
  'number-insight': ['GET', `basic/json?number=${number}`],
  conversion: ['POST', 'sms?message-id=0A0000001234567B&delivered=true'],
  account: ['GET', 'get-balance'],
  pricing: ['GET', '/outbound/sms?country=GB'],
  numbers: ['GET', 'search?country=GB'],
  developer: ['GET', 'message?id=0A0000001234567B'],
  voice: ['POST', '', { to: [to], from, ncco: [{ action: 'talk', text: 'Hello' }] }],
  files: ['GET', 'recording-uuid'],
  conversations: ['GET', ''],
  users: ['GET', ''],
  messages: [
    'POST',
    '',
    { message_type: 'text', channel: 'sms', from: 'Nexmo', to: number, text: 'Hello' },
  ],
  dispatch: [
    'POST',
    '',
    {
      template: 'failover',
      workflow: [
        {
          from: { type: 'sms', number: 'Nexmo' },
          to: { type: 'sms', number },
          message: { content: { type: 'text', text: 'Hello' } },
        },
      ],
    },
  ],
  'verify-v2': ['POST', '', { brand: 'Nexmo', workflow: [{ channel: 'sms', to: number }] }],
  'external-accounts': ['GET', ''],
  media: ['GET', ''],
  applications: ['GET', ''],
  'applications-v1': ['GET', ''],
  secrets: ['GET', ''],
  subaccounts: ['GET', ''],
  'pricing-v2': ['GET', '/sms?country=GB'],
  'number-insight-v2': ['POST', '', { type: 'phone', phone: number, insights: ['sim_swap'] }],
  audit: ['GET', '/events'],
  redact: ['POST', '/transaction', { id: '0A0000001234567B', product: 'sms', type: 'outbound' }],
  reports: ['GET', '/records?account_id=abcd1234&product=SMS'],
  'identity-insights': ['POST', '/v1/requests', { phone_number: number, insights: { format: {} } }],
  emergency: ['GET', ''],
  'channel-manager': ['GET', '/whatsapp/wabas'],
  sip: ['GET', ''],
  '10dlc': ['GET', '/brands'],
  'toll-free': ['GET', '/numbers'],
  'fraud-defender': ['GET', '/rules'],
  'network-registry': ['GET', '/business-profiles'],
  'network-enablement': [
    'POST',
    '',
    { phone_number: number, scopes: ['openid'], state: 'some-state' },
  ],
  'network-auth': ['POST', '', { login_hint: `tel:+${number}`, scope: 'openid' }],
  'device-location': ['POST', '/retrieval', { phone_number: number }],
  meetings: ['GET', '/rooms'],
  'proactive-connect': ['GET', '/lists'],
  video: ['POST', 'session/create'],
  opentok: ['POST', 'session/create'],
};
