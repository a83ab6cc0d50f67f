/** The reseller's own wallet, as a customer sees theirs: balance and statement. */
export { default, generateMetadata } from '@/app/(portal)/billing/page';
