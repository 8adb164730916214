// Port 9190: the page of metrics, in the format that the reader asks for.
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import { contentTypes, type MetricsFormat } from '../metering/prometheus/registry.ts';
import { startHttpServer, type Handler, type RunningServer } from './http-server.ts';

/** What the server shows; `MetricsRegistry` is one. */
export interface MetricsPage {
  render(format: MetricsFormat): AsyncIterable<string>;
}

export interface MetricsServerOptions {
  readonly page: MetricsPage;
  /** 0 takes any free port. */
  readonly port: number;
  /** All interfaces when left out. */
  readonly host?: string;
  readonly onError: (path: string, error: unknown) => void;
}

/** Serves GET /metrics. Rejects with one sentence when it cannot listen. */
export function startMetricsServer({
  page,
  port,
  host = '0.0.0.0',
  onError,
}: MetricsServerOptions): Promise<RunningServer> {
  const metrics: Handler = async (request, response) => {
    const format = chooseFormat(request.headers.accept);
    const zips = acceptsGzip(request.headers['accept-encoding']);
    response.writeHead(200, {
      'content-type': contentTypes[format],
      vary: 'accept, accept-encoding',
      ...(zips ? { 'content-encoding': 'gzip' } : {}),
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const pieces = Readable.from(page.render(format), { objectMode: false });
    try {
      if (zips) {
        // Level 1 is a fifth of the work for most of the gain; the labels repeat a lot.
        await pipeline(pieces, createGzip({ level: constants.Z_BEST_SPEED }), response);
      } else {
        await pipeline(pieces, response);
      }
    } catch (error) {
      // A reader that went away is not our failure.
      if (!request.destroyed && !response.destroyed) throw error;
    }
  };
  return startHttpServer({
    purpose: 'metrics',
    host,
    port,
    routes: { '/metrics': metrics },
    onError,
  });
}

/** OpenMetrics where the reader prefers it to text, as Prometheus does; otherwise text. */
export function chooseFormat(accept: string | undefined): MetricsFormat {
  let openMetrics = 0;
  let text = 0;
  for (const { name, parameters, quality } of preferences(accept ?? '')) {
    if (name === 'application/openmetrics-text') {
      // Version 1.0.0 is what we write; a reader that only knows another one gets text.
      const version = parameters.get('version') ?? '1.0.0';
      if (version === '1.0.0') openMetrics = Math.max(openMetrics, quality);
    } else if (name === 'text/plain' || name === 'text/*' || name === '*/*') {
      text = Math.max(text, quality);
    }
  }
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}

function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return preferences(acceptEncoding ?? '').some(
    ({ name, quality }) => name === 'gzip' && quality > 0,
  );
}

interface Preference {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** The q value, 0 to 1. */
  readonly quality: number;
}

function preferences(header: string): readonly Preference[] {
  return header.split(',').map((part) => {
    const [name = '', ...rest] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const parameters = new Map(
      rest.map((piece) => {
        const [key = '', value = ''] = piece.split('=', 2);
        return [key.trim(), value.trim()] as const;
      }),
    );
    const quality = Number(parameters.get('q') ?? 1);
    return { name, parameters, quality: Number.isFinite(quality) ? quality : 0 };
  });
}
