import { z } from 'zod';

// zod compiles its parsers where it may; whether it may is tried with an eval, which our content
// security policy forbids and reports. Runs before any schema is made.
z.config({ jitless: true });
