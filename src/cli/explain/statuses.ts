import { explainRefusal } from '../../index';

/** What a status means, and what to do. */
export type StatusMeaning = { readonly cause: string; readonly remedy: string };

/** The meaning that `explainRefusal` gives to a status that refuses the credentials or the account. */
const refusal = (status: string) =>
  explainRefusal({ status: 200, body: { status } }) as StatusMeaning;

const internal = {
  cause: 'The platform failed.',
  remedy: 'Send the request again later. If it fails again, contact the support of the platform.',
};
const barred = {
  cause: 'The account is barred from sending.',
  remedy: 'Contact the support of the platform.',
};
const success = { cause: 'The platform accepted the request.', remedy: 'Nothing.' };

/** The statuses of a message, from the API definition of SMS (sms.yml) and the guide "Troubleshooting SMS". */
const sms: Readonly<Record<string, StatusMeaning>> = {
  0: success,
  1: {
    cause: 'Messages are sent faster than the account may send.',
    remedy: 'Send fewer messages per second, and repeat this one after a pause.',
  },
  2: {
    cause: 'A mandatory parameter is missing. A request without credentials gets this status, too.',
    remedy: 'Add the parameter that error-text names: from, to, text, api_key or api_secret.',
  },
  3: {
    cause: 'The value of a parameter is not valid.',
    remedy: 'Correct the parameter that error-text names.',
  },
  4: refusal('4'),
  5: internal,
  6: {
    cause: 'The platform cannot process the message, for example because of its number.',
    remedy: 'Check the number: digits only, with the country code and without + or 00.',
  },
  7: {
    cause: 'The number is on the list of barred numbers.',
    remedy: 'Do not send to this number.',
  },
  8: barred,
  9: refusal('9'),
  10: {
    cause: 'There are too many connections to the platform at once.',
    remedy: 'Open fewer connections, and repeat the request after a pause.',
  },
  11: refusal('11'),
  12: { cause: 'The message is too long.', remedy: 'Shorten it, or send it in several messages.' },
  14: {
    cause: 'The signature of the request is wrong.',
    remedy:
      "Check that the signature secret (not the API secret) and the signature method are those of your account's settings, and that nothing changes the parameters after they are signed.",
  },
  15: {
    cause: 'The sender in from is not allowed in the country of the recipient.',
    remedy: 'Use a number of the account, or a sender ID that the country allows.',
  },
  22: {
    cause: 'The network code is not known or does not belong to the country.',
    remedy: 'Correct the network code, or leave it out.',
  },
  23: {
    cause: 'The callback URL is too long or has characters that are not allowed.',
    remedy: 'Correct the URL in callback.',
  },
  29: refusal('29'),
  32: refusal('32'),
  33: {
    cause: 'The number is not active any more.',
    remedy: 'Do not send to this number.',
  },
};

/** The statuses of a verification, from the API definition of Verify (verify.yml). */
const verify: Readonly<Record<string, StatusMeaning>> = {
  0: success,
  1: {
    cause: 'The account sends more than 30 requests per second.',
    remedy: 'Send fewer requests per second, and repeat this one after a pause.',
  },
  2: {
    cause: 'A mandatory parameter is missing. A request without credentials gets this status, too.',
    remedy: 'Add the parameter that error_text names.',
  },
  3: {
    cause: 'The value of a parameter is not valid.',
    remedy:
      'Correct the parameter that error_text names. If it says "Facility not allowed", check the host of the URL.',
  },
  4: refusal('4'),
  5: internal,
  6: {
    cause: 'The platform cannot process the request, for the reason in error_text.',
    remedy: 'Check the number, and that the verification is still in progress.',
  },
  7: {
    cause: 'The number is on the list of barred numbers.',
    remedy: 'Do not verify this number.',
  },
  8: barred,
  9: refusal('9'),
  10: {
    cause: 'A verification of this number is already in progress.',
    remedy: 'Wait until it ends, or cancel it. Its request_id is in the response.',
  },
  15: {
    cause: 'The network of the number is not supported.',
    remedy: 'Ask the support of the platform to allow the destination.',
  },
  16: {
    cause: 'The code is not the one that was sent.',
    remedy: 'Ask the user to enter the code again.',
  },
  17: {
    cause: 'A wrong code was entered too often.',
    remedy: 'Start a new verification.',
  },
  18: {
    cause: 'There are too many values of request_id in the request.',
    remedy: 'Send at most ten.',
  },
  19: {
    cause:
      'The verification cannot be cancelled now, or it has no next event (another text or call) to trigger.',
    remedy:
      'Cancel no earlier than 30 seconds after the start, or wait until the verification ends.',
  },
  20: {
    cause: 'The account may not set pin_code.',
    remedy: 'Remove pin_code, or ask the support of the platform to enable it.',
  },
  29: refusal('29'),
  101: {
    cause: 'There is no verification with this request_id.',
    remedy: 'Check request_id, and that the API key is the one that started the verification.',
  },
};

export const statuses = { sms, verify };

export type StatusProduct = keyof typeof statuses;
