import { z } from 'zod';
import type { CreateTrunkInput, WireTrunk } from '@/lib/services/trunks/schemas';
import { nameSchema } from '@/lib/services/wire/schemas';

/** An IPv6 address in brackets where a port follows (RFC 3261 §25.1, IPv6reference). */
export function bracketAddress(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

const isAddress = (text: string): boolean =>
  z.ipv4().safeParse(text).success || z.ipv6().safeParse(text).success;

/** Whether digits, kept as they are typed, are a number within bounds. */
const isWithin = (text: string, min: number, max: number): boolean =>
  /^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max;

/** What is typed about a trunk; texts, as inputs have them. */
export const trunkFormSchema = z.object({
  carrierId: z.string(),
  name: nameSchema,
  // One sentence for both families; a union would tell of each.
  address: z.string().trim().refine(isAddress, 'must be an IP address'),
  port: z
    .string()
    .refine((text) => text === '' || isWithin(text, 1, 65_535), 'must be a port from 1 to 65535'),
  transport: z.enum(['any', 'udp', 'tcp', 'tls']),
  numberFormat: z.enum(['plus_e164', 'e164', 'national']),
  maxChannels: z
    .string()
    .refine((text) => isWithin(text, 0, 100_000), 'must be a number from 0 to 100000'),
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
