// A metrics page that knows when it was asked for: a router that ends waits for one more scrape, if
// anybody scrapes it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricsPage } from './metrics-server.ts';

export interface WatchedPage extends MetricsPage {
  /**
   * Resolves with the next scrape, or after `longestMs`; at once when nobody has scraped yet, since
   * nobody will then.
   */
  lastScrape(longestMs: number): Promise<void>;
}

export function watchScrapes(page: MetricsPage): WatchedPage {
  let isScraped = false;
  let notify: (() => void) | undefined;
  return {
    render: (format) => {
      isScraped = true;
      notify?.();
      return page.render(format);
    },
    lastScrape: async (longestMs) => {
      if (!isScraped) return;
      const scraped = new Promise<void>((resolve) => {
        notify = resolve;
      });
      // The timer that loses must not keep the process.
      await Promise.race([scraped, sleep(longestMs, undefined, { ref: false })]);
    },
  };
}
