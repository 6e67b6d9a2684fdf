export const restHosts = ['rest.nexmo.com'];

/** api.nexmo.com and its regional hosts, which serve the same APIs. */
export const apiHosts = [
  'api.nexmo.com',
  'api-us.nexmo.com',
  'api-eu.nexmo.com',
  'api-ap.nexmo.com',
  'api-us.vonage.com',
  'api-eu.vonage.com',
  'api-ap.vonage.com',
  'api-us-3.vonage.com',
  'api-us-4.vonage.com',
  'api-eu-3.vonage.com',
  'api-eu-4.vonage.com',
  'api-ap-3.vonage.com',
  'api-ap-4.vonage.com',
];
