// What probes and preStop hooks do: run a program, ask over HTTP or gRPC, connect, sleep.
import { Client, credentials } from '@grpc/grpc-js';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import type { Action, Container } from './pod.ts';

export interface ActionPlace {
  readonly container: Container;
  readonly podIp: string;
  /** Runs a program in the container; resolves with its exit code. */
  readonly exec: (command: readonly string[], signal: AbortSignal) => Promise<number>;
}

/** Resolves with whether it went well, and never rejects; a signal that is aborted means no. */
export async function act(
  action: Action,
  place: ActionPlace,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (action.exec !== undefined) return (await place.exec(action.exec.command, signal)) === 0;
    if (action.httpGet !== undefined) return await getOverHttp(action.httpGet, place, signal);
    if (action.tcpSocket !== undefined) {
      const { host = place.podIp, port } = action.tcpSocket;
      return await canConnect(host, portNumber(port, place.container), signal);
    }
    if (action.grpc !== undefined) {
      const { port, service = '' } = action.grpc;
      return await isServing(`${place.podIp}:${port}`, service, signal);
    }
    if (action.sleep !== undefined) {
      await sleep(action.sleep.seconds * 1000, undefined, { signal });
      return true;
    }
    throw new Error('an action that this kubelet does not have');
  } catch {
    return false;
  }
}

function portNumber(port: number | string, { ports = [] }: Container): number {
  const named = ports.find(({ name }) => name === port)?.containerPort;
  return named ?? Number(port);
}

async function getOverHttp(
  { path = '/', port, host, scheme = 'HTTP', httpHeaders = [] }: NonNullable<Action['httpGet']>,
  { container, podIp }: ActionPlace,
  signal: AbortSignal,
): Promise<boolean> {
  const authority = `${host ?? podIp}:${portNumber(port, container)}`;
  // As the kubelet: one connection for each probe, and no look at certificates.
  const agent = new Agent({ connect: { rejectUnauthorized: false }, pipelining: 0 });
  try {
    const reply = await fetch(`${scheme.toLowerCase()}://${authority}${path}`, {
      dispatcher: agent,
      redirect: 'manual',
      headers: httpHeaders.map(({ name, value }) => [name, value] as [string, string]),
      signal,
    });
    await reply.arrayBuffer();
    return reply.status >= 200 && reply.status < 400;
  } finally {
    await agent.destroy();
  }
}

function canConnect(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** One call of `grpc.health.v1.Health/Check`, whose messages have one field each. */
function isServing(address: string, service: string, signal: AbortSignal): Promise<boolean> {
  const client = new Client(address, credentials.createInsecure());
  const name = Buffer.from(service);
  const request = name.length === 0 ? name : Buffer.from([0x0a, name.length, ...name]);
  return new Promise<boolean>((resolve) => {
    const call = client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      (message: Buffer) => message,
      (bytes) => bytes,
      request,
      (error, reply) => {
        // Field 1, a varint: SERVING is 1.
        resolve(error === null && reply !== undefined && reply[0] === 0x08 && reply[1] === 1);
      },
    );
    signal.addEventListener('abort', () => {
      call.cancel();
    });
  }).finally(() => {
    client.close();
  });
}
