'use client';

import type { ReactNode } from 'react';
import type { FieldValues, UseFormReturn } from 'react-hook-form';
import { Button } from '@/components/ui/button';
import { DialogActions } from '@/components/ui/dialog';
import { Notice } from '@/components/ui/notice';

/** What a form needs of the mutation that takes its values. */
export interface Saving<Values> {
  readonly mutate: (values: Values) => void;
  readonly error: Error | null;
  readonly isPending: boolean;
}

interface FormFrameProps<Values extends FieldValues> {
  form: UseFormReturn<Values>;
  save: Saving<Values>;
  className?: string;
  children: ReactNode;
}

/** Fields below each other, what went wrong above them. */
function FormFrame<Values extends FieldValues>(props: FormFrameProps<Values>) {
  const { form, save, className = '', children } = props;
  return (
    <form
      noValidate
      onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
      className={`${className} flex flex-col gap-3`}
    >
      {save.error && (
        <Notice tone="red" urgent>
          {save.error.message}
        </Notice>
      )}
      {children}
    </form>
  );
}

export interface EditFormProps<Values extends FieldValues> {
  form: UseFormReturn<Values>;
  save: Saving<Values>;
  /** Who may not only looks. */
  mayWrite: boolean;
  words: { save: string; reset: string };
  children: ReactNode;
}

/** The settings of something that is there: saved, or put back to what they were. */
export function EditForm<Values extends FieldValues>(props: EditFormProps<Values>) {
  const { form, save, mayWrite, words, children } = props;
  const { isDirty } = form.formState;
  return (
    <FormFrame form={form} save={save}>
      {children}
      {mayWrite && (
        <div className="flex gap-2">
          <Button type="submit" disabled={!isDirty} busy={save.isPending}>
            {words.save}
          </Button>
          {isDirty && (
            <Button variant="quiet" onClick={() => form.reset()}>
              {words.reset}
            </Button>
          )}
        </div>
      )}
    </FormFrame>
  );
}

export interface AddFormProps<Values extends FieldValues> {
  form: UseFormReturn<Values>;
  save: Saving<Values>;
  onCancel: () => void;
  words: { cancel: string; confirm: string };
  children: ReactNode;
}

/** Something new, asked for in a dialog. */
export function AddForm<Values extends FieldValues>(props: AddFormProps<Values>) {
  const { form, save, onCancel, words, children } = props;
  return (
    <FormFrame form={form} save={save} className="mt-3">
      {children}
      <DialogActions>
        <Button onClick={onCancel}>{words.cancel}</Button>
        <Button variant="primary" type="submit" busy={save.isPending}>
          {words.confirm}
        </Button>
      </DialogActions>
    </FormFrame>
  );
}
