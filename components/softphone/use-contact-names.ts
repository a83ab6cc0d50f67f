import { useItem } from '@/lib/client/use-item';
import { contactPageSchema } from '@/lib/services/contacts/schemas';

/** What the API looks up at once. */
const MOST = 50;
const NOBODY: ReadonlyMap<string, string> = new Map();

/** Names of the address book by number, of those that are E.164; the first where several have one. */
export function useContactNames(numbers: readonly string[]): ReadonlyMap<string, string> {
  const asked = [...new Set(numbers.filter((number) => /^\+[1-9]\d{6,14}$/.test(number)))]
    .sort()
    .slice(0, MOST);
  const { data } = useItem({
    path: '/contacts',
    ...(asked.length === 0 ? { id: null } : { query: { numbers: asked.join(','), limit: 200 } }),
    response: contactPageSchema,
  });
  if (!data || asked.length === 0) return NOBODY;
  const names = new Map<string, string>();
  for (const { name, numbers: own } of [...data.items].reverse()) {
    for (const { number } of own) names.set(number, name);
  }
  return names;
}
