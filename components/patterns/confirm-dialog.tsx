'use client';

import { useTranslations } from 'next-intl';
import { type ReactNode, useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The question: "Delete extension 106?". */
  title: ReactNode;
  /** The consequence, in numbers. */
  description: ReactNode;
  /** The name to type; leave out where nothing is lost. */
  typeToConfirm?: string | undefined;
  /** Words of the safe button: "Keep it". */
  keepLabel?: string | undefined;
  /** Words of the other: "Delete extension". */
  confirmLabel: string;
  onConfirm: () => void;
  busy?: boolean | undefined;
  /** Why it did not work. */
  error?: ReactNode;
}

/** For what cannot be undone: consequence first, then the name typed; the safe button comes first. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, typeToConfirm, busy } = props;
  const t = useTranslations('patterns');
  const [typed, setTyped] = useState('');
  const formId = useId();
  const isTyped = typeToConfirm === undefined || typed.trim() === typeToConfirm;
  const close = (next: boolean) => {
    setTyped('');
    onOpenChange(next);
  };
  return (
    <Dialog open={open} onOpenChange={close} title={props.title} description={props.description}>
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (isTyped) props.onConfirm();
        }}
      >
        {typeToConfirm !== undefined && (
          <Field
            label={t.rich('typeToConfirm', {
              name: () => <span className="text-mono">{typeToConfirm}</span>,
            })}
            error={props.error}
            className="mt-2"
          >
            <Input
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onValueChange={(value) => setTyped(value)}
            />
          </Field>
        )}
        {typeToConfirm === undefined && props.error && (
          <p role="alert" className="mt-2 text-red-text text-small">
            {props.error}
          </p>
        )}
      </form>
      <DialogActions>
        <Button onClick={() => close(false)}>{props.keepLabel ?? t('keep')}</Button>
        <Button variant="danger" type="submit" form={formId} disabled={!isTyped} busy={busy}>
          {props.confirmLabel}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
