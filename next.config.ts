import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const withIntl = createNextIntlPlugin('./app/i18n.ts');

const root = import.meta.dirname;

const config: NextConfig = {
  output: 'standalone',
  poweredByHeader: false,
  reactStrictMode: true,
  // Other lock files may lie further up; the project is what lies here.
  outputFileTracingRoot: root,
  turbopack: { root },
  // Types are checked by `npm run verify`, tests included; a start need not do it again.
  typescript: { ignoreBuildErrors: true },
  // Marks and QR codes are SVG; nothing is resized by the server.
  images: { unoptimized: true },
  // Run as they are: they load files beside them at run time.
  serverExternalPackages: ['graphile-worker', 'pg'],
  devIndicators: false,
};

export default withIntl(config);
