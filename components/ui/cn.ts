import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({
  extend: {
    theme: {
      text: [
        'display',
        'figure',
        'figure-sm',
        'title',
        'title-sm',
        'section',
        'lead',
        'base',
        'small',
        'micro',
      ],
      radius: ['badge', 'small', 'control', 'panel', 'dialog', 'full'],
      shadow: ['1', '2'],
    },
    classGroups: { 'font-size': ['text-mono', 'text-raw'] },
  },
});

type ClassValue = string | false | null | undefined;

/** Joins class names; of two that set the same property, the later one wins. */
export function cn(...classes: ClassValue[]): string {
  return merge(classes);
}
