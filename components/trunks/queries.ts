/** A customer's PBXs are few; the same on the server and in the browser. */
export const PBX_QUERY = { kind: 'pbx', limit: 200 } as const;
