'use client';

import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button, type ButtonProps } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';

/** The tick that says "copied" stands this long. */
const TICK_MS = 2_000;

function useCopy(value: string): { isCopied: boolean; copy: () => void } {
  const [copies, setCopies] = useState(0);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (copies === 0) return;
    setCopied(true);
    const timer = setTimeout(() => setCopied(false), TICK_MS);
    return () => clearTimeout(timer);
  }, [copies]);
  const copy = () => {
    void navigator.clipboard.writeText(value).then(() => setCopies((count) => count + 1));
  };
  return { isCopied, copy };
}

export interface CopyButtonProps {
  value: string;
  /** What is copied, for those who do not see what it stands beside: "Copy password". */
  label?: string | undefined;
  className?: string | undefined;
}

/** Copies; turns into a tick for two seconds. */
export function CopyButton({ value, label, className }: CopyButtonProps) {
  const t = useTranslations('patterns');
  const { isCopied, copy } = useCopy(value);
  return (
    <>
      <IconButton
        label={label ?? t('copy')}
        hint={isCopied ? t('copied') : undefined}
        size="xs"
        className={className}
        onClick={copy}
      >
        {isCopied ? <Check className="text-green" /> : <Copy />}
      </IconButton>
      <span role="status" className="sr-only">
        {isCopied && t('copied')}
      </span>
    </>
  );
}

/** The same with words, for several values at once. */
export function CopyAllButton({
  value,
  children,
  ...rest
}: { value: string } & Pick<ButtonProps, 'children' | 'size' | 'variant'>) {
  const { isCopied, copy } = useCopy(value);
  return (
    <Button
      size="sm"
      icon={isCopied ? <Check className="text-green" /> : <Copy />}
      onClick={copy}
      {...rest}
    >
      {children}
    </Button>
  );
}
