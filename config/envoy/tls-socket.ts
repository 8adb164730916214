// TLS as Envoy speaks it to others.
import { any, type EnvoyMessage } from './json.ts';
import { isIpAddress, type ExtProcClientTls } from './options.ts';

const tlsType = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';

/** TLS that accepts only a certificate for `name`, be it a DNS name or an IP address. */
export function tlsSocket(options: {
  readonly name: string;
  readonly caFile: string;
  readonly alpn: 'http/1.1' | 'h2';
  readonly client?: ExtProcClientTls['client'];
}): EnvoyMessage {
  const { name, caFile, alpn, client } = options;
  const byAddress = isIpAddress(name);
  return {
    name: 'tls',
    typed_config: any(tlsType, {
      // SNI carries names only.
      ...(byAddress ? {} : { sni: name }),
      common_tls_context: {
        alpn_protocols: [alpn],
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        ...(client === undefined
          ? {}
          : {
              tls_certificates: [
                {
                  certificate_chain: { filename: client.certFile },
                  private_key: { filename: client.keyFile },
                },
              ],
            }),
        validation_context: {
          trusted_ca: { filename: caFile },
          match_typed_subject_alt_names: [
            { san_type: byAddress ? 'IP_ADDRESS' : 'DNS', matcher: { exact: name } },
          ],
        },
      },
    }),
  };
}
