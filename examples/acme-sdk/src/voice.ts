import { Api, hasStrings } from './api';

export type OutboundCall = { from: string; to: string; ncco: readonly object[] };
export type VoiceCall = { uuid: string; status: string; conversation_uuid: string };

const phone = (number: string) => ({ type: 'phone', number });
const isCall = (body: unknown) => hasStrings(body, 'uuid', 'status', 'conversation_uuid');

export class Voice extends Api {
  /** @throws AcmeError */
  async call({ from, to, ncco }: OutboundCall): Promise<VoiceCall> {
    const data = { from: phone(from), to: [phone(to)], ncco };
    return this.request({ method: 'POST', url: '', data }, isCall);
  }

  /** @throws AcmeError */
  async hangUp(uuid: string): Promise<void> {
    const data = { action: 'hangup' };
    await this.request({ method: 'PUT', url: `/${encodeURIComponent(uuid)}`, data }, () => true);
  }
}
