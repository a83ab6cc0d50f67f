'use client';

import { Eye, EyeOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { IconButton } from './icon-button';
import { Input, type InputProps } from './input';

/** A password, shown on request. */
export function PasswordInput(props: Omit<InputProps, 'type' | 'end' | 'mono'>) {
  const t = useTranslations('ui');
  const [isShown, setShown] = useState(false);
  return (
    <Input
      autoComplete="current-password"
      autoCapitalize="none"
      spellCheck={false}
      {...props}
      type={isShown ? 'text' : 'password'}
      end={
        <IconButton
          label={isShown ? t('hidePassword') : t('showPassword')}
          aria-pressed={isShown}
          size="xs"
          className="-me-1 [&_.lucide]:size-4"
          onClick={() => setShown(!isShown)}
        >
          {isShown ? <EyeOff /> : <Eye />}
        </IconButton>
      }
    />
  );
}
