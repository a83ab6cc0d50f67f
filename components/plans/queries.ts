/** What the seller offers. */
export const OFFERED_QUERY = { view: 'offered', limit: 100 } as const;

/** What the account has; ended ones too, they explain postings. */
export const YOURS_QUERY = { limit: 100 } as const;
