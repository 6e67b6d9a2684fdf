import { Api, hasStrings } from './api';
import { ApiError } from './errors';

export type Insight = { status: number; status_message: string; country_code?: string };

/** Deprecated: the platform ends Number Insight on 4 February 2027, in favour of Identity Insights. */
export class NumberInsight extends Api {
  /** @throws AcmeError */
  async basic(number: string): Promise<Insight> {
    const call = { method: 'GET', url: 'basic/json', params: { number } };
    const insight = await this.request<Insight>(call, (body) => hasStrings(body, 'status_message'));
    if (insight.status === 0) return insight;
    throw new ApiError(String(insight.status), insight.status_message, insight);
  }
}
