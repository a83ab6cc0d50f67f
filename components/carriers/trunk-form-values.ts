import { z } from 'zod';
import type { CreateTrunkInput, WireTrunk } from '@/lib/services/trunks/schemas';
import { nameSchema } from '@/lib/services/wire/schemas';

/** An IPv6 address in brackets where a port follows (RFC 3261 §25.1, IPv6reference). */
export function bracketAddress(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** A number of a form: digits within bounds, kept as they are typed. */
const digitsWithin = (min: number, max: number, message: string) =>
  z.string().refine((text) => {
    const value = Number(text);
    return /^\d{1,6}$/.test(text) && value >= min && value <= max;
  }, message);

/** What is typed about a trunk; texts, as inputs have them. */
export const trunkFormSchema = z.object({
  carrierId: z.string(),
  name: nameSchema,
  address: z.union([z.ipv4(), z.ipv6()], 'must be an IP address'),
  port: z.union([z.literal(''), digitsWithin(1, 65_535, 'must be a port from 1 to 65535')]),
  transport: z.enum(['any', 'udp', 'tcp', 'tls']),
  numberFormat: z.enum(['plus_e164', 'e164', 'national']),
  maxChannels: digitsWithin(0, 100_000, 'must be a number from 0 to 100000'),
  emergency: z.boolean(),
});
export type TrunkForm = z.infer<typeof trunkFormSchema>;

/** What a form shows at first: an existing trunk, or the usual values. */
export function trunkFormOf(trunk: WireTrunk | null, carrierId: string): TrunkForm {
  return {
    carrierId: trunk?.carrier?.id ?? carrierId,
    name: trunk?.name ?? '',
    address: trunk?.address ?? '',
    port: trunk?.port ? `${trunk.port}` : '',
    transport: trunk ? (trunk.transport ?? 'any') : 'udp',
    numberFormat: trunk?.numberFormat ?? 'plus_e164',
    maxChannels: `${trunk?.maxChannels ?? 100}`,
    emergency: trunk?.emergency ?? false,
  };
}

/** The same as the API takes it. */
export function trunkInputOf(form: TrunkForm): CreateTrunkInput {
  const { port, transport, maxChannels, ...same } = form;
  return {
    ...same,
    port: port === '' ? null : Number(port),
    transport: transport === 'any' ? null : transport,
    maxChannels: Number(maxChannels),
  };
}
