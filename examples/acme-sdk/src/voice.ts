import { Api } from './api';

export type OutboundCall = { from: string; to: string; ncco: readonly object[] };

export type VoiceCall = { uuid: string; status: string; conversation_uuid: string };

const phone = (number: string) => ({ type: 'phone', number });

export class Voice extends Api {
  /** @throws AcmeError */
  async call({ from, to, ncco }: OutboundCall): Promise<VoiceCall> {
    const data = { from: phone(from), to: [phone(to)], ncco };
    return this.request<VoiceCall>({ method: 'POST', path: '', data });
  }

  /** @throws AcmeError */
  async hangUp(uuid: string): Promise<void> {
    const path = `/${encodeURIComponent(uuid)}`;
    await this.request({ method: 'PUT', path, data: { action: 'hangup' } });
  }
}
