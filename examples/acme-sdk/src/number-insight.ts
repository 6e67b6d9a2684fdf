import { Api } from './api';
import { ApiError } from './errors';

export type Insight = { status: number; status_message: string; country_code: string };

export class NumberInsight extends Api {
  /** @throws AcmeError */
  async basic(number: string): Promise<Insight> {
    const call = { method: 'GET', path: 'basic/json', params: { number } };
    const insight = await this.request<Insight>(call);
    if (insight.status === 0) return insight;
    throw new ApiError(String(insight.status), insight.status_message, insight);
  }
}
