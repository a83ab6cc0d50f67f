'use client';

import { messages } from '@/lib/client/i18n/messages';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './globals.css';

/**
 * The last net, when even the layout failed: no providers here, so the texts are read directly and
 * the theme follows the system.
 */
export default function GlobalError(props: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const text = messages.shell.crash;
  const { digest } = props.error;
  return (
    <html lang="en">
      <body>
        <main className="flex min-h-dvh items-center justify-center p-6">
          <div className="max-w-96">
            <h1 className="text-title">{text.title}</h1>
            <p className="mt-1 mb-4 text-ink-2">{text.text}</p>
            <button
              type="button"
              onClick={props.reset}
              className="h-8 rounded-control border border-line-strong px-3 font-medium"
            >
              {text.retry}
            </button>
            {digest !== undefined && (
              <p className="mt-3 text-ink-3 text-mono">{text.code.replace('{digest}', digest)}</p>
            )}
          </div>
        </main>
      </body>
    </html>
  );
}
